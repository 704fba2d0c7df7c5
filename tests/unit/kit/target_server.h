/* SPDX-License-Identifier: Apache-2.0 */
/* A small platform that target_document.json describes; for local_server_start(). */
#ifndef TESTS_KIT_TARGET_SERVER_H
#define TESTS_KIT_TARGET_SERVER_H

void target_serve(int connection);

#endif
