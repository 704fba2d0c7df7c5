/* SPDX-License-Identifier: Apache-2.0 */
/* The new image of an attempt's process: resume.h says why there is one. */
#ifndef MUSTER_HOST_RESUMED_H
#define MUSTER_HOST_RESUMED_H

/* The program's main() in it, when its arguments say so; else it returns. */
void resume_main(int argc, char **argv);

#endif
