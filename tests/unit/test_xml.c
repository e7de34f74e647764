/* S3's XML: paths, texts, and every kind of invalid XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "publish/s3/xml.h"

static enum dk_status collect(void *context, const char *path, const char *text,
                              struct dk_error *err)
{
    return dk_buffer_printf(context, err, "%s=%s\n", path, text);
}

static enum dk_status refuse(void *context, const char *path, const char *text,
                             struct dk_error *err)
{
    (void)context;
    (void)path;
    (void)text;
    return dk_error_set(err, DK_ERR_BUSY, "enough");
}

static enum dk_status walk(const char *document, struct dk_buffer *out, struct dk_error *err)
{
    dk_buffer_init(out, 65536);
    enum dk_status status = dk_xml_walk(document, strlen(document), collect, out, err);
    assert_int_equal(dk_buffer_terminate(out, NULL), DK_OK);
    return status;
}

static void elements_come_with_path_and_text(void **state)
{
    (void)state;
    static const struct {
        const char *document;
        const char *want;
    } cases[] = {
        {"<a><b>1</b><b> 2\n</b></a>", "a/b=1\na/b=2\na=\n"},
        {"\n \r\n<?xml version=\"1.0\"?><a/>", "a=\n"},
        {"<s:a xmlns:s='urn:x'><s:b>x</s:b></s:a>", "a/b=x\na=\n"},
        {"<a><E>&quot;0&amp;1&lt;&#233;&quot;</E></a>", "a/E=\"0&1<\xc3\xa9\"\na=\n"},
        {"<a><!-- no --><b><![CDATA[<c>]]></b></a>", "a/b=<c>\na=\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_buffer out;
        assert_int_equal(walk(cases[i].document, &out, NULL), DK_OK);
        assert_string_equal(out.data, cases[i].want);
        dk_buffer_reset(&out);
    }
}

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "   ",
                                        "text",
                                        "<a>",
                                        "<a><b></a>",
                                        "<a></a><b></b>",
                                        "<a>&nope;</a>",
                                        "<a>\x01</a>",
                                        "<a>\xff</a>",
                                        "<!DOCTYPE a [<!ENTITY e 'eeee'>]><a>&e;</a>",
                                        "<!DOCTYPE html><html></html>",
                                        "{\"Error\": 1}"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_buffer out;
        struct dk_error err = {0};
        assert_int_equal(walk(cases[i], &out, &err), DK_ERR_REMOTE);
        assert_true(err.message[0] != '\0');
        dk_buffer_reset(&out);
    }
}

static void a_document_cut_anywhere_is_refused(void **state)
{
    (void)state;
    static const char document[] = "<?xml version=\"1.0\"?><a><b>text</b><c>&lt;</c></a>";
    for (size_t size = 0; size < sizeof(document) - 1; size++) {
        struct dk_buffer out;
        /* A copy of exactly that size, so that a sanitizer detects a read past it. */
        char *copy = malloc(size ? size : 1);
        assert_non_null(copy);
        memcpy(copy, document, size);
        dk_buffer_init(&out, 65536);
        assert_int_equal(dk_xml_walk(copy, size, collect, &out, NULL), DK_ERR_REMOTE);
        dk_buffer_reset(&out);
        free(copy);
    }
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct dk_buffer document;
    struct dk_buffer out;
    dk_buffer_init(&document, 1 << 20);
    for (int i = 0; i < 40; i++)
        assert_int_equal(dk_buffer_append(&document, "<deep>", 6, NULL), DK_OK);
    for (int i = 0; i < 40; i++)
        assert_int_equal(dk_buffer_append(&document, "</deep>", 7, NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&document, NULL), DK_OK);
    assert_int_equal(walk(document.data, &out, NULL), DK_ERR_REMOTE);
    dk_buffer_reset(&out);
    document.size = 0;
    assert_int_equal(dk_buffer_append(&document, "<a>", 3, NULL), DK_OK);
    for (int i = 0; i < DK_XML_TEXT_MAX + 1; i++)
        assert_int_equal(dk_buffer_append(&document, "x", 1, NULL), DK_OK);
    assert_int_equal(dk_buffer_append(&document, "</a>", 4, NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&document, NULL), DK_OK);
    assert_int_equal(walk(document.data, &out, NULL), DK_ERR_REMOTE);
    dk_buffer_reset(&out);
    dk_buffer_reset(&document);
}

/* expat calls the end handler of an empty element although the start handler stopped it. */
static void nothing_happens_after_the_first_error(void **state)
{
    (void)state;
    struct dk_buffer document;
    struct dk_buffer out;
    struct dk_error err = {0};
    for (size_t name_size = DK_XML_PATH_MAX - 3; name_size < DK_XML_PATH_MAX + 3; name_size++) {
        dk_buffer_init(&document, 1 << 20);
        assert_int_equal(dk_buffer_append(&document, "<", 1, NULL), DK_OK);
        for (size_t i = 0; i < name_size; i++)
            assert_int_equal(dk_buffer_append(&document, "n", 1, NULL), DK_OK);
        assert_int_equal(dk_buffer_append(&document, "/>", 2, NULL), DK_OK);
        assert_int_equal(dk_buffer_terminate(&document, NULL), DK_OK);
        enum dk_status expected = name_size + 2 > DK_XML_PATH_MAX ? DK_ERR_REMOTE : DK_OK;
        assert_int_equal(walk(document.data, &out, &err), expected);
        dk_buffer_reset(&out);
        dk_buffer_reset(&document);
    }
    for (int depth = 22; depth < 28; depth++) {
        dk_buffer_init(&document, 1 << 20);
        for (int i = 0; i < depth; i++)
            assert_int_equal(dk_buffer_append(&document, "<d>", 3, NULL), DK_OK);
        assert_int_equal(dk_buffer_append(&document, "<e/>", 4, NULL), DK_OK);
        for (int i = 0; i < depth; i++)
            assert_int_equal(dk_buffer_append(&document, "</d>", 4, NULL), DK_OK);
        assert_int_equal(dk_buffer_terminate(&document, NULL), DK_OK);
        enum dk_status expected = depth < 24 ? DK_OK : DK_ERR_REMOTE;
        assert_int_equal(walk(document.data, &out, &err), expected);
        if (expected != DK_OK)
            assert_string_equal(err.message, "the answer's XML is nested too deeply");
        dk_buffer_reset(&out);
        dk_buffer_reset(&document);
    }
}

static void a_refusal_ends_the_walk(void **state)
{
    (void)state;
    struct dk_error err = {0};
    assert_int_equal(dk_xml_walk("<a><b/><c/></a>", 15, refuse, NULL, &err), DK_ERR_BUSY);
    assert_string_equal(err.message, "enough");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_come_with_path_and_text),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(a_document_cut_anywhere_is_refused),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(nothing_happens_after_the_first_error),
        cmocka_unit_test(a_refusal_ends_the_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
