#define POINTERHOLDER_TRANSITION 4
#include "CQPDF.h"

#include <cstring>
#include <exception>

#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

namespace {

struct Full : std::exception {};

/// The end of a pipeline: a buffer that refuses to grow.
class BoundedSink : public Pipeline {
 public:
  BoundedSink(uint8_t *output, size_t capacity) : Pipeline("bounded sink", nullptr), output_(output), capacity_(capacity) {}
  void write(unsigned char const *data, size_t length) override {
    if (length > capacity_ - written_) {
      throw Full();
    }
    std::memcpy(output_ + written_, data, length);
    written_ += length;
  }
  void finish() override {}
  size_t written() const { return written_; }

 private:
  uint8_t *output_;
  size_t capacity_;
  size_t written_ = 0;
};

}  // namespace

extern "C" int cqpdf_inflate(
    const uint8_t *input, size_t length, uint8_t *output, size_t capacity, size_t *written) {
  *written = 0;
  BoundedSink sink(output, capacity);
  try {
    Pl_Flate flate("inflate", &sink, Pl_Flate::a_inflate);
    flate.setWarnCallback([](char const *, int) { throw std::exception(); });
    // Small pieces, so that a bomb is met by the sink after one piece and not after all of it.
    const size_t piece = 16384;
    for (size_t at = 0; at < length; at += piece) {
      size_t n = length - at < piece ? length - at : piece;
      flate.write(const_cast<unsigned char *>(input + at), n);
    }
    flate.finish();
  } catch (Full const &) {
    return CQPDF_LIMIT;
  } catch (...) {
    return CQPDF_BROKEN;
  }
  *written = sink.written();
  return CQPDF_OK;
}

extern "C" int cqpdf_deflate(
    const uint8_t *input, size_t length, uint8_t *output, size_t capacity, size_t *written) {
  *written = 0;
  BoundedSink sink(output, capacity);
  try {
    Pl_Flate flate("deflate", &sink, Pl_Flate::a_deflate);
    flate.write(const_cast<unsigned char *>(input), length);
    flate.finish();
  } catch (Full const &) {
    return CQPDF_LIMIT;
  } catch (...) {
    return CQPDF_BROKEN;
  }
  *written = sink.written();
  return CQPDF_OK;
}

extern "C" int cqpdf_examine(const uint8_t *input, size_t length, size_t *pages, size_t *warnings) {
  *pages = 0;
  *warnings = 0;
  try {
    QPDF pdf;
    pdf.setAttemptRecovery(false);
    pdf.setSuppressWarnings(true);
    pdf.processMemoryFile("memory", reinterpret_cast<char const *>(input), length);
    *pages = QPDFPageDocumentHelper(pdf).getAllPages().size();
    for (auto &object : pdf.getAllObjects()) {
      (void)object.getTypeCode();
    }
    *warnings = pdf.getWarnings().size();
  } catch (...) {
    return CQPDF_BROKEN;
  }
  return CQPDF_OK;
}
