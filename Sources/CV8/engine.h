#pragma once

#include <v8.h>

namespace cv8 {

v8::Platform *platform();

/// Tells the host that the engine cannot go on.
[[noreturn]] void die(bool out_of_memory);

} // namespace cv8
