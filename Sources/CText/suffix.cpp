#include "ctext.h"

#include <libpsl.h>

bool ctext_is_public_suffix(const char *host) {
    // Without the star rule, under which every unknown last label were a suffix: `js` in `node.js`.
    return psl_is_public_suffix2(psl_builtin(), host, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0;
}
