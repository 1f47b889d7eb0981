// The C library's allocator as Swift sees it: <malloc.h> is in no module of Swift's own.
#pragma once
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
