/*
 * S3's XML answers, read with expat: every element that ends is told with its path and its text.
 * Namespaces are dropped, attributes passed over; a document type (and with it every entity of
 * its own) is refused.
 */
#ifndef DK_PUBLISH_XML_H
#define DK_PUBLISH_XML_H

#include <stddef.h>

#include "base/status.h"

#define DK_XML_PATH_MAX 512
#define DK_XML_TEXT_MAX 8192

/* An element ended. `path` is "ListPartsResult/Part/ETag", `text` its own text without that of
 * elements within, blanks at both ends gone. Anything but DK_OK ends the walk with that status. */
typedef enum dk_status (*dk_xml_fn)(void *context, const char *path, const char *text,
                                    struct dk_error *err);

/* Walks a whole document. DK_ERR_REMOTE if it is not well-formed, is cut short or too deep, or has
 * a text above DK_XML_TEXT_MAX. Blanks before the XML declaration are passed over: S3 sends them to
 * keep a slow answer alive. */
enum dk_status dk_xml_walk(const char *data, size_t size, dk_xml_fn element, void *context,
                           struct dk_error *err) DK_CHECK;

#endif
