#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "web/template.h"

static char *render(const char *text, const char *view, struct err *err)
{
	struct embedded table[] = {
		{ "page.html", text, strlen(text) },
		{ "part.html", "[{{name}}]", 10 },
		{ "self.html", "{{>self}}", 9 },
		{ NULL, NULL, 0 },
	};
	json_t *object = json_loads(view, JSON_DECODE_ANY, NULL);
	struct buf out = BUF_INIT;
	bool done;

	assert_non_null(object);
	*err = (struct err){ .kind = ERR_NONE };
	done = template_render(table, "page", object, &out, err);
	json_decref(object);
	if (!done) {
		assert_int_equal(out.len, 0);
		buf_clear(&out);
		return NULL;
	}
	return buf_take_str(&out);
}

static void expect(const char *text, const char *view, const char *html)
{
	struct err err;
	char *got = render(text, view, &err);

	if (got == NULL) {
		fail_msg("%s: %s", text, err.text);
	}
	assert_string_equal(got, html);
	mem_free(got);
}

static void expect_fault(const char *text, const char *view, const char *says)
{
	struct err err;

	assert_null(render(text, view, &err));
	assert_int_equal(err.kind, ERR_BUG);
	if (strstr(err.text, says) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
	}
}

static void values_are_escaped_by_context(void **state)
{
	(void)state;
	expect("<p title=\"{{a}}\">{{a}}</p><a href=\"/x/{{%a}}\">",
	       "{\"a\":\"<\\\"&'/\"}",
	       "<p title=\"&lt;&quot;&amp;&#39;/\">&lt;&quot;&amp;&#39;/</p>"
	       "<a href=\"/x/%3C%22%26%27%2F\">");
	expect("{{n}} {{t}} {{f}}", "{\"n\":-12,\"t\":true,\"f\":false}",
	       "-12 true false");
}

static void there_is_no_raw_output(void **state)
{
	(void)state;
	expect_fault("{{{a}}}", "{\"a\":\"<b>\"}", "no value");
	expect_fault("{{&a}}", "{\"a\":\"<b>\"}", "no value");
}

static void values_are_not_templates(void **state)
{
	(void)state;
	expect("{{a}}", "{\"a\":\"{{b}}\",\"b\":\"secret\"}", "{{b}}");
}

static void sections_repeat_choose_and_nest(void **state)
{
	(void)state;
	expect("{{#a}}<{{x}}{{y}}>{{/a}}",
	       "{\"a\":[{\"x\":1},{\"x\":2,\"y\":\"own\"}],\"y\":\"outer\"}",
	       "<1outer><2own>");
	expect("{{#a}}[{{.}}]{{/a}}", "{\"a\":[\"x\",\"<\"]}", "[x][&lt;]");
	expect("{{#o}}{{x}}{{/o}}", "{\"o\":{\"x\":1}}", "1");
	expect("{{o.x.y}}", "{\"o\":{\"x\":{\"y\":7}}}", "7");
	expect("{{#a}}{{#a}}x{{/a}}{{/a}}", "{\"a\":true}", "x");
	expect("{{#t}}yes{{/t}}{{^t}}no{{/t}}", "{\"t\":true}", "yes");
}

static void what_is_empty_or_missing_is_false(void **state)
{
	static const char *const views[] = {
		"{}",           "{\"t\":false}", "{\"t\":null}",
		"{\"t\":\"\"}", "{\"t\":[]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		expect("{{#t}}yes{{/t}}{{^t}}no{{/t}}", views[i], "no");
	}
	expect("{{#t}}yes{{/t}}", "{\"t\":0}", "yes");
}

static void tags_alone_on_a_line_take_it_with_them(void **state)
{
	(void)state;
	expect("a\n  {{#t}}\nb\n\t{{/t}}  \nc\n", "{\"t\":true}", "a\nb\nc\n");
	expect("a\n{{!note}}\nb", "{}", "a\nb");
	expect("a {{#t}}b{{/t}} c\n", "{\"t\":true}", "a b c\n");
	expect("{{#t}}\nx\n{{/t}}", "{\"t\":[1,2]}", "x\nx\n");
}

static void parts_see_the_context(void **state)
{
	(void)state;
	expect("{{#a}}{{>part}}{{/a}}", "{\"a\":[{\"name\":1},{\"name\":2}]}",
	       "[1][2]");
}

static void faults_of_a_template_name_file_and_line(void **state)
{
	(void)state;
	expect_fault("a\n\n{{b}}", "{}", "page.html, line 3");
	expect_fault("{{#a}}x", "{}", "without end");
	expect_fault("{{#a}}x{{/b}}", "{}", "another name");
	expect_fault("x{{/a}}", "{}", "no such section");
	expect_fault("{{a", "{}", "a tag without end");
	expect_fault("{{}}", "{}", "bad name");
	expect_fault("{{>none}}", "{}", "no template");
	expect_fault("{{>self}}", "{}", "include each other");
	expect_fault("{{a}}", "{\"a\":1.5}", "no value");
	expect_fault("{{a}}", "{\"a\":{}}", "no value");
}

static void deep_nesting_is_refused(void **state)
{
	char text[1024] = "";

	(void)state;
	for (int i = 0; i < 40; i++) {
		strcat(text, "{{#o}}");
	}
	for (int i = 0; i < 40; i++) {
		strcat(text, "{{/o}}");
	}
	expect_fault(text, "{\"o\":{}}", "too deep");
}

static void a_template_that_is_not_there_is_a_fault(void **state)
{
	static const struct embedded none[] = { { NULL, NULL, 0 } };
	struct err err = { .kind = ERR_NONE };
	struct buf out = BUF_INIT;
	json_t *view = json_object();

	(void)state;
	assert_false(template_render(none, "page", view, &out, &err));
	assert_int_equal(err.kind, ERR_BUG);
	json_decref(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_escaped_by_context),
		cmocka_unit_test(there_is_no_raw_output),
		cmocka_unit_test(values_are_not_templates),
		cmocka_unit_test(sections_repeat_choose_and_nest),
		cmocka_unit_test(what_is_empty_or_missing_is_false),
		cmocka_unit_test(tags_alone_on_a_line_take_it_with_them),
		cmocka_unit_test(parts_see_the_context),
		cmocka_unit_test(faults_of_a_template_name_file_and_line),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(a_template_that_is_not_there_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
