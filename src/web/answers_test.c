/* What comes back: compressed pages, files, languages; and what a peer is. */
#include "web/web_testing.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lang/lang.h"
#include "test_assets.h"

static char dir[] = "/tmp/web-test-XXXXXX";

static void pages_and_files_are_compressed_where_they_may_be(void **state)
{
	(void)state;
	gives("GET /big HTTP/1.1\r\nAccept-Encoding: br, gzip;q=0.5\r\n" END, 200, "\r\nContent-Encoding: gzip\r\n");
	static const char *const without[] = {
		"GET /big HTTP/1.1\r\n" END,
		"GET /big HTTP/1.1\r\nAccept-Encoding: br\r\n" END,
		"GET /big HTTP/1.1\r\nAccept-Encoding: gzip;q=0\r\n" END,
		"GET /plain HTTP/1.1\r\nAccept-Encoding: gzip\r\n" END,
	};
	for (size_t i = 0; i < ARRAY_LEN(without); i++) {
		char *a = ask(without[i]);
		assert_int_equal(status_of(a), 200);
		assert_null(strstr(a, "Content-Encoding"));
		free(a);
	}
}

static void a_file_of_the_program_is_whole_and_kept_for_a_year(void **state)
{
	(void)state;
	const char *url = asset_url(test_assets, TEST_ASSETS, "route.h.txt");
	char request[300], file[20000];
	FILE *f = fopen(TEST_ASSET_FILE, "rb");
	assert_non_null(f);
	size_t n = fread(file, 1, sizeof(file), f), got;
	fclose(f);
	assert_int_equal(strncmp(url, "/a/", 3), 0);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" END, url);
	gives(request, 200, "\r\nCache-Control: public, max-age=31536000, immutable\r\n");
	int fd = dial();
	put(fd, request, strlen(request));
	char *a = hear(fd, &got), *body = strstr(a, "\r\n\r\n") + 4;
	assert_int_equal(got - (size_t)(body - a), n);
	assert_memory_equal(body, file, n);
	free(a);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nAccept-Encoding: gzip\r\n" END, url);
	fd = dial();
	put(fd, request, strlen(request));
	a = hear(fd, &got);
	has_fence(a);
	body = strstr(a, "\r\n\r\n") + 4;
	static unsigned char out[20000];
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	assert_int_equal(libdeflate_gzip_decompress(d, body, got - (size_t)(body - a), out, sizeof(out), &got), LIBDEFLATE_SUCCESS);
	libdeflate_free_decompressor(d);
	assert_int_equal(got, n);
	assert_memory_equal(out, file, n);
	free(a);
	snprintf(request, sizeof(request), "POST %s HTTP/1.1\r\nContent-Length: 0\r\n" END, url);
	gives(request, 405, "\r\nAllow: GET, HEAD\r\n");
	gives("GET /a/0000000000000000/route.h.txt HTTP/1.1\r\n" END, 404, NULL);
}

static void languages_are_chosen_in_order(void **state)
{
	(void)state;
	char want[] = " none 0 3"; /* LANG_EN, the workplace's */
	gives("GET /peer HTTP/1.1\r\n" END, 200, want);
	want[8] = '0' + LANG_SV;
	gives("GET /peer?lang=sv HTTP/1.1\r\n" END, 200, want);
	gives("GET /peer HTTP/1.1\r\nCookie: lang=sv\r\n" END, 200, want);
	want[8] = '0' + LANG_EN;
	gives("GET /peer?lang=xx HTTP/1.1\r\n" END, 200, want);
	want[8] = '0' + LANG_DA;
	gives("GET /peer HTTP/1.1\r\nAccept-Language: da-DK, sv;q=0.5\r\n" END, 200, want);
	want[8] = '0' + LANG_SV;
	gives("GET /peer?lang=sv HTTP/1.1\r\nCookie: lang=da\r\nAccept-Language: da\r\n" END, 200, want);
}

static void peer_of(const char *head, char out[17])
{
	char request[300];
	snprintf(request, sizeof(request), "GET /peer HTTP/1.1\r\n%s" END, head);
	char *a = ask(request), *body = strstr(a, "\r\n\r\n");
	assert_int_equal(status_of(a), 200);
	snprintf(out, 17, "%.*s", (int)strcspn(body + 4, " "), body + 4);
	free(a);
}

static void a_peer_is_a_number_that_changes_each_hour(void **state)
{
	(void)state;
	char direct[17], proxied[17], near[17], again[17];
	peer_of("", direct);
	peer_of("X-Real-IP: 2001:db8::1\r\n", proxied);
	peer_of("X-Real-IP: 2001:db8::2\r\n", near); /* the same household */
	assert_string_not_equal(direct, proxied);
	assert_string_equal(proxied, near);
	peer_of("", again);
	assert_string_equal(direct, again);
	clock_set(by_hand, (struct instant){ 1800003600 });
	peer_of("", again);
	assert_string_not_equal(direct, again);
}

static void a_local_socket_says_who_is_there(void **state)
{
	(void)state;
	char path[100], want[40];
	struct web_setup s = setup();
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct stat st;
	snprintf(path, sizeof(path), "unix:%s/door.sock", dir);
	strcpy(at.sun_path, path + 5);
	s.listen = path;
	s.hosts = NULL;
	s.public_url = NULL;
	web_free(&web);
	/* One that was left behind by a crash is taken over. */
	int left = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(left, (struct sockaddr *)&at, sizeof(at)), 0);
	close(left);
	start(s);
	assert_int_equal(stat(at.sun_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	/* The library may have words about TCP options that such a socket has not: none comes into the log. */
	int log = memfd_create("log", MFD_CLOEXEC), kept = dup(STDERR_FILENO);
	assert_true(log >= 0 && kept >= 0 && dup2(log, STDERR_FILENO) == STDERR_FILENO);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int connected = connect(fd, (struct sockaddr *)&at, sizeof(at));
	put(fd, "GET /peer HTTP/1.1\r\n" END, strlen("GET /peer HTTP/1.1\r\n" END));
	char *a = hear(fd, NULL);
	assert_true(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
	assert_int_equal(connected, 0);
	assert_int_equal(lseek(log, 0, SEEK_END), 0);
	close(kept);
	close(log);
	snprintf(want, sizeof(want), " ok %u ", (unsigned)getuid());
	assert_non_null(strstr(a, want));
	free(a);
	web_free(&web);
	assert_int_equal(stat(at.sun_path, &st), -1);
	start(setup());
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (!mkdtemp(dir))
		return 1;
	const struct CMUnitTest tests[] = {
		T(pages_and_files_are_compressed_where_they_may_be),
		T(a_file_of_the_program_is_whole_and_kept_for_a_year),
		T(languages_are_chosen_in_order),
		T(a_peer_is_a_number_that_changes_each_hour),
		T(a_local_socket_says_who_is_there),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
