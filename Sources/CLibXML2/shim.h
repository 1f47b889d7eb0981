#pragma once
#include <libxml/xmlversion.h>
// Debian's libxml2 pulls in ICU's headers, whose types clash with those of Foundation's own ICU.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/tree.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlerror.h>
#include <libxml/c14n.h>
#include <libxml/xmlschemas.h>

// Variadic callbacks cannot be written in Swift: the library's own messages on stderr are silenced here, for this
// thread and for threads that come to the library later.
static inline void clibxml2_silent(void *context, const char *message, ...) { (void)context; (void)message; }
static inline void clibxml2_silence(void) {
  xmlSetGenericErrorFunc(NULL, clibxml2_silent);
  xmlThrDefSetGenericErrorFunc(NULL, clibxml2_silent);
}

// The unread bytes of a push parser; nested struct pointers with macros in between are awkward from Swift.
static inline const unsigned char *clibxml2_unread(xmlParserCtxtPtr context) {
  return context->input != NULL ? context->input->cur : NULL;
}
static inline long clibxml2_unread_count(xmlParserCtxtPtr context) {
  return context->input != NULL ? (long)(context->input->end - context->input->cur) : 0;
}
static inline int clibxml2_line(xmlParserCtxtPtr context) { return context->input != NULL ? context->input->line : 0; }

// xmlFree is a global function pointer that could change, which Swift does not let us call.
static inline void clibxml2_free(void *memory) { xmlFree(memory); }
