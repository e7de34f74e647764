#include "xml.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <expat.h>

#include "base/text.h"

#define XML_DEPTH_MAX 24

struct walk {
    XML_Parser parser;
    dk_xml_fn element;
    void *context;
    enum dk_status status;
    struct dk_error error;
    char path[DK_XML_PATH_MAX];
    size_t path_ends[XML_DEPTH_MAX]; /* the path's length at each depth */
    size_t depth;
    char text[DK_XML_TEXT_MAX + 1];
    size_t text_size;
};

static void walk_fail(struct walk *walk, const char *reason)
{
    if (walk->status == DK_OK)
        walk->status = dk_error_set(&walk->error, DK_ERR_REMOTE, "%s", reason);
    XML_StopParser(walk->parser, XML_FALSE);
}

/* expat may still call handlers after it was stopped: of an empty element it calls both. */
static bool has_failed(const struct walk *walk)
{
    return walk->status != DK_OK;
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct walk *walk = data;
    (void)attributes;
    if (has_failed(walk))
        return;
    const char *colon = strchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    size_t size = strlen(local);
    size_t end = walk->depth ? walk->path_ends[walk->depth - 1] : 0;
    if (walk->depth == XML_DEPTH_MAX || end + size + 2 > sizeof(walk->path)) {
        walk_fail(walk, "the answer's XML is nested too deeply");
        return;
    }
    if (end > 0)
        walk->path[end++] = '/';
    memcpy(walk->path + end, local, size + 1);
    walk->path_ends[walk->depth++] = end + size;
    walk->text_size = 0;
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    struct walk *walk = data;
    (void)name;
    if (has_failed(walk))
        return;
    walk->text[walk->text_size] = '\0';
    walk->status = walk->element(walk->context, walk->path, dk_text_trim(walk->text), &walk->error);
    if (walk->status != DK_OK) {
        XML_StopParser(walk->parser, XML_FALSE);
        return;
    }
    walk->depth--;
    walk->path[walk->depth ? walk->path_ends[walk->depth - 1] : 0] = '\0';
    walk->text_size = 0;
}

static void XMLCALL on_text(void *data, const XML_Char *text, int size)
{
    struct walk *walk = data;
    if (has_failed(walk))
        return;
    if (walk->text_size + (size_t)size > DK_XML_TEXT_MAX) {
        walk_fail(walk, "the answer's XML contains a text that is too long");
        return;
    }
    memcpy(walk->text + walk->text_size, text, (size_t)size);
    walk->text_size += (size_t)size;
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    walk_fail(data, "the answer's XML has a document type, which S3 never sends");
}

static enum dk_status walk_run(struct walk *walk, const char *data, size_t size,
                               struct dk_error *err)
{
    XML_SetUserData(walk->parser, walk);
    XML_SetElementHandler(walk->parser, on_start, on_end);
    XML_SetCharacterDataHandler(walk->parser, on_text);
    XML_SetStartDoctypeDeclHandler(walk->parser, on_doctype);
    enum XML_Status parsed = XML_Parse(walk->parser, data, (int)size, XML_TRUE);
    if (walk->status != DK_OK) {
        if (err)
            *err = walk->error;
        return walk->status;
    }
    if (parsed != XML_STATUS_OK)
        return dk_error_set(err, DK_ERR_REMOTE, "the answer is not a complete XML document: %s",
                            XML_ErrorString(XML_GetErrorCode(walk->parser)));
    return DK_OK;
}

enum dk_status dk_xml_walk(const char *data, size_t size, dk_xml_fn element, void *context,
                           struct dk_error *err)
{
    while (size > 0 && dk_is_blank(*data)) {
        data++;
        size--;
    }
    if (size > INT_MAX)
        return dk_error_set(err, DK_ERR_REMOTE, "the answer is too long");
    struct walk walk = {.element = element, .context = context};
    walk.parser = XML_ParserCreate("UTF-8");
    if (!walk.parser)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an XML parser");
    enum dk_status status = walk_run(&walk, data, size, err);
    XML_ParserFree(walk.parser);
    return status;
}
