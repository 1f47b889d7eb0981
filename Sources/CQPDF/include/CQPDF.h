/* The C door to qpdf (C++): what its own C API lacks. No decisions are made here. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Answers of the functions below. */
enum {
  CQPDF_OK = 0,
  CQPDF_LIMIT = 1, /* the output would be larger than the buffer: a bomb, or a limit set too low */
  CQPDF_BROKEN = 2 /* the input is not what it should be */
};

/* Inflates a FlateDecode stream into a buffer of `capacity` bytes through qpdf's Pl_Flate; it stops, and never
   allocates more, when the buffer is full. */
int cqpdf_inflate(const uint8_t *input, size_t length, uint8_t *output, size_t capacity, size_t *written);

/* Deflates into a buffer of `capacity` bytes through Pl_Flate. */
int cqpdf_deflate(const uint8_t *input, size_t length, uint8_t *output, size_t capacity, size_t *written);

/* Opens a whole PDF in memory with qpdf, recovery off, walks its pages and resolves every object.
   `pages` gets the page count, `warnings` the number of things qpdf complained of. */
int cqpdf_examine(const uint8_t *input, size_t length, size_t *pages, size_t *warnings);

#ifdef __cplusplus
}
#endif
