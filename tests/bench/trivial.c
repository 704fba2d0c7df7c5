/* SPDX-License-Identifier: Apache-2.0 */
/* What ctest runs in the comparison: the least that a program can do. */
int main(void)
{
    return 0;
}
