#include "include/cv8.h"

#include <node/v8.h>

extern "C" const char *cv8_version(void) { return v8::V8::GetVersion(); }
