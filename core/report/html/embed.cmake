# SPDX-License-Identifier: Apache-2.0
# Makes html_parts.c of the page, its style and its scripts: cmake -DOUT=FILE -DFOLDER=. -DSCRIPTS=a.js,b.js -P embed.cmake
# The scripts become one, in their order, within a function: what one declares the later ones see, and the page nothing.
function(add_part name text)
    string(SHA256 hash "${text}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hash "${hash}")
    file(WRITE ${OUT}.part "${text}")
    file(READ ${OUT}.part bytes HEX)
    file(REMOVE ${OUT}.part)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(....................................................................................................)"
        "\\1\n" bytes "${bytes}")
    file(APPEND ${OUT} "static const unsigned char ${name}_data[] = {\n${bytes}\n};\n"
        "const struct html_part html_${name} = {${name}_data, sizeof ${name}_data, {${hash}}};\n")
endfunction()

function(read_whole file ret_text)
    file(READ ${FOLDER}/${file} text)
    set(${ret_text} "${text}" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
set(script "(() => {\n'use strict';\n")
foreach(file IN LISTS SCRIPTS)
    read_whole(js/${file} text)
    string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")
read_whole(page.html page)
read_whole(page.css style)

file(WRITE ${OUT} "/* Made from core/report/html/ by embed.cmake. */\n#include \"report/html/html.h\"\n")
add_part(page "${page}")
add_part(style "${style}")
add_part(script "${script}")
