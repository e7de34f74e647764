/*
 * For tests in which allocation N fails: OWN_MALLOC is 1 where a program may replace malloc, calloc
 * and realloc by its own, which call glibc's. A sanitizer has its own already.
 */
#ifndef DK_TESTS_OWN_MALLOC_H
#define DK_TESTS_OWN_MALLOC_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define OWN_MALLOC 0
#endif
#endif
#if !defined(OWN_MALLOC) && defined(__GLIBC__)
#define OWN_MALLOC 1
#endif

#if OWN_MALLOC
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
#endif

#endif
