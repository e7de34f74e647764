/*
 * S3's XML answers, read with expat: a callback gets every element with its path and its text.
 * Namespaces and attributes are ignored; a document type (and with it any entity of its own) is
 * refused.
 */
#ifndef DK_S3_XML_H
#define DK_S3_XML_H

#include <stddef.h>

#include "base/status.h"

#define DK_XML_PATH_MAX 512
#define DK_XML_TEXT_MAX 8192

/* An element ended. `path` is "ListPartsResult/Part/ETag", `text` its own text without that of
 * the elements inside, trimmed. Anything but DK_OK ends the walk with that status. */
typedef enum dk_status (*dk_xml_fn)(void *context, const char *path, const char *text,
                                    struct dk_error *err);

/* Walks a whole document. DK_ERR_REMOTE if it is not well-formed, is cut short or too deep, or has
 * a text above DK_XML_TEXT_MAX. Blanks before the XML declaration are skipped: S3 sends them to
 * keep a slow answer alive. */
enum dk_status dk_xml_walk(const char *data, size_t size, dk_xml_fn element, void *context,
                           struct dk_error *err) DK_CHECK;

#endif
