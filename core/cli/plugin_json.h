/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of plugins and their parts, as JSON: for muster list, steps and inspect. */
#ifndef MUSTER_CLI_PLUGIN_JSON_H
#define MUSTER_CLI_PLUGIN_JSON_H

#include "base/buf.h"
#include "discover/find.h"
#include "plan/catalogue.h"

/* "key":"value"; null where the value is NULL. */
void json_add_pair(struct buf *out, const char *key, const char *value);
/* "key":["...", ...] of a list that ends with NULL. */
void json_add_texts(struct buf *out, const char *key, const char *const *items);
/* {"name":..., "version":..., ...} without the closing brace; more pairs may follow. */
void json_open_plugin(struct buf *out, const struct plugin_info *p);
void json_add_step(struct buf *out, const struct catalogue *c, const struct step_info *s);
/* The plugin with all of its parts. */
void json_add_plugin(struct buf *out, const struct catalogue *c, const struct plugin_info *p);
/* The plugins that were refused: [{"path":..., "reason":..., "text":...}, ...] */
void json_add_refused(struct buf *out, const struct hosts *hosts);

#endif
