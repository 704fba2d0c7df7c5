/* SPDX-License-Identifier: Apache-2.0 */
/* The small platform that target_document.json describes, and a host whose target it is. */
#ifndef TESTS_KIT_TARGET_SCENE_H
#define TESTS_KIT_TARGET_SCENE_H

#include "fake_host.h"

#include <muster/kit/target.h>

/* For cmocka's groups: the platform, and a folder for evidence. */
int target_scene_start(void **state);
int target_scene_stop(void **state);
/* One whose fixture `target` publishes what the document wants. */
void target_scene_init(struct fake_host *h);
/* Where the evidence is. */
const char *target_scene_folder(void);
const char *target_scene_document(void);
/* Where the platform listens. */
const char *target_scene_url(void);

/* What the operation `echo` gives under that name, as the answer kept: ECHOED(session, "/head", ARG("id", "i")) */
const char *target_scene_echoed(struct m_session *by, const struct m_arg *args, const char *name);
#define ECHOED(by_, name_, ...) target_scene_echoed((by_), M_ARGS_LIST_(__VA_ARGS__), (name_))

#endif
