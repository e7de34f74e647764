/* The page's style and script, from report.css and report.js: CMake makes the file with their
 * bytes. */
#ifndef DK_REPORT_ASSETS_H
#define DK_REPORT_ASSETS_H

#include <stddef.h>

extern const unsigned char dk_report_style[];
extern const size_t dk_report_style_bytes;
extern const unsigned char dk_report_script[];
extern const size_t dk_report_script_bytes;

#endif
