/* SHA-256 against the vectors of FIPS 180-4, in one piece, in pieces, and from a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"

#define MILLION 1000000

/* NIST's example values for SHA-256 (FIPS 180-4; the empty message from its test vectors). */
static const struct {
    const char *message; /* NULL: a million times 'a' */
    const char *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {NULL, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

/* The message of a vector on the heap, not terminated. */
static char *message_of(size_t vector, size_t *size)
{
    const char *message = vectors[vector].message;
    *size = message ? strlen(message) : MILLION;
    char *data = malloc(*size ? *size : 1);
    assert_non_null(data);
    if (message)
        memcpy(data, message, *size);
    else
        memset(data, 'a', *size);
    return data;
}

static void one_block_gives_the_published_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        size_t size = 0;
        char *data = message_of(i, &size);
        char hex[DK_HASH_HEX_MAX];
        assert_int_equal(dk_hash_bytes(data, size, hex, NULL), DK_OK);
        assert_string_equal(hex, vectors[i].hex);
        free(data);
    }
    char hex[DK_HASH_HEX_MAX];
    assert_int_equal(dk_hash_bytes(NULL, 0, hex, NULL), DK_OK);
    assert_string_equal(hex, vectors[0].hex);
}

static void pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    struct dk_hash hash;
    assert_int_equal(dk_hash_init(&hash, NULL), DK_OK);
    for (size_t i = 0; i + 1 < VECTORS; i++) {
        size_t size = 0;
        char *data = message_of(i, &size);
        for (size_t piece = 1; piece <= size + 1; piece++) {
            for (size_t at = 0; at < size; at += piece)
                assert_int_equal(
                    dk_hash_update(&hash, data + at, size - at < piece ? size - at : piece, NULL),
                    DK_OK);
            /* A context can be reused after each finish. */
            char hex[DK_HASH_HEX_MAX];
            assert_int_equal(dk_hash_finish(&hash, hex, NULL), DK_OK);
            assert_string_equal(hex, vectors[i].hex);
        }
        free(data);
    }
    dk_hash_reset(&hash);
    assert_null(hash.context);
    dk_hash_reset(&hash);
}

static void a_file_gives_its_hash_and_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        const char *base = getenv("TMPDIR");
        char path[256];
        snprintf(path, sizeof(path), "%s/dk-hash-XXXXXX",
                 base && strlen(base) < 200 ? base : "/tmp");
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        size_t size = 0;
        char *data = message_of(i, &size);
        assert_int_equal(write(fd, data, size), size);
        assert_int_equal(close(fd), 0);
        char hex[DK_HASH_HEX_MAX];
        char again[DK_HASH_HEX_MAX];
        uint64_t total = 4711;
        enum dk_status status = dk_hash_file(path, hex, &total, NULL);
        enum dk_status without_size = dk_hash_file(path, again, NULL, NULL);
        assert_int_equal(unlink(path), 0);
        free(data);
        assert_int_equal(status, DK_OK);
        assert_int_equal(without_size, DK_OK);
        assert_string_equal(hex, vectors[i].hex);
        assert_string_equal(again, vectors[i].hex);
        assert_int_equal(total, size);
    }
}

static void a_file_that_cant_be_read_is_named(void **state)
{
    (void)state;
    struct dk_error err = {0};
    char hex[DK_HASH_HEX_MAX];
    uint64_t total = 4711;
    assert_int_equal(dk_hash_file("/no/such/file", hex, &total, &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
    assert_string_equal(err.path, "/no/such/file");
    assert_int_equal(dk_hash_file("/", hex, &total, &err), DK_ERR_IO);
    assert_int_equal(err.native, EISDIR);
    assert_int_equal(total, 4711);
}

static void hex_digits_are_lower_case(void **state)
{
    (void)state;
    const unsigned char bytes[] = {0x00, 0x0f, 0xa5, 0xff};
    char hex[9];
    dk_hex_format(bytes, sizeof(bytes), hex);
    assert_string_equal(hex, "000fa5ff");
    assert_true(dk_hex_is(hex, 8));
    assert_true(dk_hex_is("00x", 2));
    assert_false(dk_hex_is("00x", 3));
    assert_false(dk_hex_is("00", 3));
    assert_false(dk_hex_is("0A", 2));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* Takes all memory there is but for `left` blocks, and hashes. Returns an exit code. */
static int hash_in_little_memory(size_t left)
{
    static void *blocks[8192];
    static const struct rlimit limit = {1, 1}; /* no more address space than there is already */
    size_t count = 0;
    char hex[DK_HASH_HEX_MAX];
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return 1;
    while (count < DK_COUNT_OF(blocks) && (blocks[count] = malloc(1000)) != NULL)
        count++;
    for (size_t i = 0; i < left && i < count; i++)
        free(blocks[count - 1 - i]);
    enum dk_status status = dk_hash_bytes("abc", 3, hex, NULL);
    return status == DK_OK || status == DK_ERR_NOMEM ? 0 : 1;
}

/* OpenSSL crashes where memory runs out while it initialises itself: that has to be an error. This
 * test comes first, because in this process it is not initialised yet. */
static void memory_that_runs_out_at_the_first_hash_is_an_error(void **state)
{
    (void)state;
    if (getenv("DERRICK_TEST_EMULATED"))
        skip(); /* the limit would be the emulator's */
    for (size_t left = 0; left < 120; left += 4) {
        int ended = 0;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            _exit(hash_in_little_memory(left));
        assert_int_equal(waitpid(pid, &ended, 0), pid);
        if (ended != 0)
            fail_msg("with %zu blocks left: %s %d", left,
                     WIFSIGNALED(ended) ? "signal" : "exit code",
                     WIFSIGNALED(ended) ? WTERMSIG(ended) : WEXITSTATUS(ended));
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        cmocka_unit_test(memory_that_runs_out_at_the_first_hash_is_an_error),
#endif
        cmocka_unit_test(one_block_gives_the_published_hash),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(a_file_gives_its_hash_and_size),
        cmocka_unit_test(a_file_that_cant_be_read_is_named),
        cmocka_unit_test(hex_digits_are_lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
