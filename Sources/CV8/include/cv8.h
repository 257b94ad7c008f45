#ifndef CV8_H
#define CV8_H

#ifdef __cplusplus
extern "C" {
#endif

/// The version of the V8 that was linked, as "10.2.154.26".
const char *cv8_version(void);

#ifdef __cplusplus
}
#endif

#endif
