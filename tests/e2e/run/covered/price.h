/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERED_PRICE_H
#define COVERED_PRICE_H

int price(int seats);
int never_asked(int seats);

#endif
