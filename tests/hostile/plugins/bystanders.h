/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two innocent scenarios in every hostile plugin: whatever their neighbours do, these pass.
 */
#ifndef HOSTILE_BYSTANDERS_H
#define HOSTILE_BYSTANDERS_H

#include <muster/muster.h>

#include <stdio.h>
#include <unistd.h>

SCENARIO(bystander_prints, .summary = "Prints a line and passes")
{
    CHECK_INT(printf("an innocent line\n"), >, 0);
}

SCENARIO(bystander_writes, .summary = "Writes a file into its temp dir and passes")
{
    FILE *f = fopen("innocent.txt", "w");
    REQUIRE(f != NULL);
    CHECK_INT(fclose(f), ==, 0);
    CHECK_INT(unlink("innocent.txt"), ==, 0);
}

#endif
