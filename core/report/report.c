/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: formats by name, and files written whole. */
#include "report/report.h"

#include "base/ci_text.h"
#include "base/cleanup.h"
#include "report/formats.h"
#include "report/html/chunk.h"
#include "report/summary.h"
#include "report/xml_writer.h"

#include <fcntl.h>
#include <string.h>

static const struct {
    const char *name, *file;
} formats[REPORT_N_FORMATS] = {
    [REPORT_JUNIT] = {"junit", "junit.xml"},   [REPORT_JSON] = {"json", "results.json"},
    [REPORT_HUMAN] = {"human", "summary.txt"}, [REPORT_TAP] = {"tap", "results.tap"},
    [REPORT_HTML] = {"html", "report.html"},
};

int report_format_parse(const char *name, enum report_format *ret_format)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *ret_format = (enum report_format)i;
            return 0;
        }
    }
    return -EINVAL;
}

int report_choose_family(const char *text, int *ret_choice)
{
    static const char *const names[JUNIT_N_FAMILIES] = {
        [JUNIT_JENKINS] = "jenkins", [JUNIT_SUREFIRE] = "surefire", [JUNIT_FULL] = "full"};
    for (int i = 0; i < JUNIT_N_FAMILIES; i++) {
        if (strcmp(names[i], text) == 0) {
            *ret_choice = i;
            return 0;
        }
    }
    return -EINVAL;
}

int report_choose_tap_version(const char *text, int *ret_choice)
{
    *ret_choice = strcmp(text, "14") == 0 ? TAP_VERSION_NEWEST : TAP_VERSION_DEFAULT;
    return strcmp(text, "13") == 0 || strcmp(text, "14") == 0 ? 0 : -EINVAL;
}

const char *report_format_name(enum report_format format)
{
    return formats[format].name;
}

void report_prepare(void)
{
    xml_prepare();
    chunk_prepare();
}

const char *report_file_name(enum report_format format)
{
    return formats[format].file;
}

static int write_format(struct output *out, const struct run_model *model, enum report_format format,
                        const struct output_reader *source, const struct report_options *o, struct err *err)
{
    static const struct style plain = {0};
    switch (format) {
    case REPORT_JUNIT:
        return junit_write(out, model, source, o->family, err);
    case REPORT_JSON:
        results_json_write(out, model);
        return 0;
    case REPORT_HUMAN:
        summary_final(out, o->style ? o->style : &plain, model, source);
        return 0;
    case REPORT_TAP:
        tap_write(out, model, o->tap_version ? o->tap_version : TAP_VERSION_DEFAULT);
        return 0;
    case REPORT_HTML:
        return html_write(out, model, source, err);
    case REPORT_N_FORMATS:
        break;
    }
    return err_set(err, -EINVAL, "no such format");
}

int report_write(const struct run_model *model, enum report_format format, const struct output_reader *source,
                 const struct report_options *options, int fd, struct err *err)
{
    static const struct report_options usual = {0};
    struct output out = {.fd = fd, .defuse = format == REPORT_HUMAN && ci_reads_output()};
    int r = write_format(&out, model, format, source, options ? options : &usual, err);
    if (r == 0 && output_flush(&out) < 0)
        r = err_errno(err, out.error, "writing");
    output_free(&out);
    if (r < 0)
        err_prefix(err, "%s report", report_format_name(format));
    return r;
}

int report_write_file(const struct run_model *model, enum report_format format, const struct output_reader *source,
                      const struct report_options *options, int dirfd, const char *name, struct err *err)
{
    autofree char *temp = xasprintf("%s.tmp.%d", name, (int)getpid());
    /* Who names a place for it means others to read it, as far as his umask lets them; a run's folder is his alone. */
    mode_t mode = dirfd == AT_FDCWD ? 0666 : 0600;
    autoclose int fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return err_errno(err, -errno, "creating %s", name);
    int r = report_write(model, format, source, options, fd, err);
    if (r == 0 && renameat(dirfd, temp, dirfd, name) < 0)
        r = err_errno(err, -errno, "renaming %s", name);
    else if (r < 0)
        err_prefix(err, "%s", name);
    if (r < 0)
        unlinkat(dirfd, temp, 0);
    return r;
}
