/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of the opening handshake. */
#include "handshake.h"

#include "libcrypto.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>

int ws_handshake_make_key(char ret_key[HANDSHAKE_KEY_SIZE])
{
    const char *why;
    const struct libcrypto *lib = lazy_libcrypto(&why);
    unsigned char nonce[16];
    if (!lib || getrandom(nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
        return -1;
    lib->EVP_EncodeBlock((unsigned char *)ret_key, nonce, sizeof nonce);
    return 0;
}

int ws_handshake_accept(const char *key, char ret_accept[HANDSHAKE_ACCEPT_SIZE])
{
    const char *why;
    const struct libcrypto *lib = lazy_libcrypto(&why);
    char joined[HANDSHAKE_KEY_SIZE + 40];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    int length = snprintf(joined, sizeof joined, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    if (!lib || !lib->EVP_Digest(joined, (size_t)length, digest, &n, lib->EVP_sha1(), NULL))
        return -1;
    lib->EVP_EncodeBlock((unsigned char *)ret_accept, digest, (int)n);
    return 0;
}

static void write_request(FILE *out, const struct handshake_target *target, const struct m_ws_options *o,
                          const char *key)
{
    fprintf(out,
            "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nUser-Agent: muster\r\n",
            target->path, target->host, key);
    if (o->bearer)
        fprintf(out, "Authorization: Bearer %s\r\n", o->bearer);
    if (o->subprotocol)
        fprintf(out, "Sec-WebSocket-Protocol: %s\r\n", o->subprotocol);
    char offer[200];
    ws_extension_offer(o, offer, sizeof offer);
    if (*offer)
        fprintf(out, "Sec-WebSocket-Extensions: %s\r\n", offer);
    for (const char *const *h = o->headers; h && *h; h++)
        fprintf(out, "%s\r\n", *h);
    fputs("\r\n", out);
}

char *ws_handshake_request(const struct handshake_target *target, const struct m_ws_options *options, const char *key)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    write_request(out, target, options, key);
    int failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

int ws_handshake_status(const char *head)
{
    int minor, status;
    return sscanf(head, "HTTP/1.%1d %3d", &minor, &status) == 2 ? status : -1;
}

/* The value of the first field of that name at `line` or behind it; NULL: there is none. *ret_next is the line after.
 */
static const char *find_field(const char *line, const char *name, size_t *ret_length, const char **ret_next)
{
    size_t n = strlen(name);
    while ((line = strstr(line, "\r\n"))) {
        line += 2;
        if (strncasecmp(line, name, n) != 0 || line[n] != ':')
            continue;
        const char *value = line + n + 1;
        value += strspn(value, " \t");
        size_t length = strcspn(value, "\r\n");
        *ret_next = value + length;
        while (length && (value[length - 1] == ' ' || value[length - 1] == '\t'))
            length--;
        *ret_length = length;
        return value;
    }
    return NULL;
}

int ws_handshake_header(const char *head, const char *name, char *ret_value, size_t room)
{
    size_t length = 0;
    const char *next, *value = find_field(head, name, &length, &next);
    if (!value || length >= room)
        return -1;
    memcpy(ret_value, value, length);
    ret_value[length] = '\0';
    return 0;
}

char *ws_handshake_values(const char *head, const char *name)
{
    size_t length = 0, used = 0;
    char *all = NULL;
    for (const char *next = head, *value; (value = find_field(next, name, &length, &next));) {
        char *longer = realloc(all, used + length + 3);
        if (!longer)
            break;
        all = longer;
        used += (size_t)sprintf(all + used, "%s%.*s", used ? ", " : "", (int)length, value);
    }
    return all;
}

char *ws_handshake_fields(const char *head)
{
    const char *line = strstr(head, "\r\n");
    char *text = strdup(line ? line + 2 : ""), *to = text;
    for (const char *from = text; text && *from; from++)
        if (*from != '\r')
            *to++ = *from;
    if (text)
        *to = '\0';
    /* The empty line that ends the head. */
    if (text && to > text + 1 && to[-2] == '\n')
        to[-1] = '\0';
    return text;
}

/* One of the words of a list with commas. */
static int lists(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',') {
        at += strspn(at, " \t");
        if (strncasecmp(at, word, n) == 0 && at[n + strspn(at + n, " \t")] == '\0')
            return 1;
        if (strncasecmp(at, word, n) == 0 && at[n + strspn(at + n, " \t")] == ',')
            return 1;
    }
    return 0;
}

/* Whether all values of that name, as a list, have the word. */
static int has_word(const char *head, const char *name, const char *word)
{
    char *values = ws_handshake_values(head, name);
    int has = values && lists(values, word);
    free(values);
    return has;
}

static const char *fault_of_protocol(const char *head, const char *offered)
{
    char *chosen = ws_handshake_values(head, "Sec-WebSocket-Protocol");
    int is_offered = chosen && offered && lists(offered, chosen);
    const char *fault = chosen && !is_offered ? "the answer names a subprotocol that was not offered"
                        : offered && !chosen  ? "the server takes none of the subprotocols offered"
                                              : NULL;
    free(chosen);
    return fault;
}

const char *ws_handshake_fault(const char *head, const char *key, const struct m_ws_options *options,
                               struct extension *ret)
{
    char value[64], accept[HANDSHAKE_ACCEPT_SIZE];
    if (ws_handshake_header(head, "Upgrade", value, sizeof value) < 0 || strcasecmp(value, "websocket") != 0)
        return "the answer has no \"Upgrade: websocket\"";
    if (!has_word(head, "Connection", "upgrade"))
        return "the answer has no \"Connection: Upgrade\"";
    if (ws_handshake_accept(key, accept) < 0)
        return "SHA-1 is not to be had";
    if (ws_handshake_header(head, "Sec-WebSocket-Accept", value, sizeof value) < 0 || strcmp(value, accept) != 0)
        return "the answer's Sec-WebSocket-Accept does not belong to the request's key";
    char *extensions = ws_handshake_values(head, "Sec-WebSocket-Extensions");
    const char *fault = ws_extension_read(extensions, options, ret);
    free(extensions);
    return fault ? fault : fault_of_protocol(head, options->subprotocol);
}
