# Files become part of the binary: generated C with their bytes, built again when a file changes.
#
# ordo_embed(TARGET SYMBOL FILE...)
#   adds to TARGET the array `const struct embedded_file SYMBOL[]` and its length `SYMBOL_n`; include "SYMBOL.h".
#   A file's bytes are followed by a NUL that n does not count, so a text can be used as it stands. BASE DIR before the
#   files names them relative to DIR instead of by their last part: ordo_embed(console web_files BASE web/dist a.js css/b.css).
#
# ordo_embed_migrations(TARGET SYMBOL FILE...)
#   adds `const struct db_migration SYMBOL[]` and `SYMBOL_n` from files called NNNN-name.sql, in the order of their
#   numbers; a number that is missing or given twice stops the build. TARGET needs db among its DEPS.

set(ORDO_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(ordo_embed target symbol)
  cmake_parse_arguments(EMBED "" "BASE" "" ${ARGN})
  ordo_embed_as(file ${target} ${symbol} "${EMBED_BASE}" ${EMBED_UNPARSED_ARGUMENTS})
endfunction()

function(ordo_embed_migrations target symbol)
  ordo_embed_as(migration ${target} ${symbol} "" ${ARGN})
endfunction()

function(ordo_embed_as kind target symbol base)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embed)
  set(files)
  foreach(file ${ARGN})
    get_filename_component(file ${file} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND files ${file})
  endforeach()
  if(base)
    get_filename_component(base ${base} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  file(MAKE_DIRECTORY ${folder})
  # The list of names is a file too, so that adding or taking away one builds again.
  file(CONFIGURE OUTPUT ${folder}/${symbol}.list CONTENT "${files}" @ONLY)
  add_custom_command(
    OUTPUT ${folder}/${symbol}.c ${folder}/${symbol}.h
    COMMAND ${CMAKE_COMMAND} -DKIND=${kind} -DSYMBOL=${symbol} -DFOLDER=${folder} "-DBASE=${base}"
            -P ${ORDO_EMBED_SCRIPT}
    DEPENDS ${files} ${folder}/${symbol}.list ${ORDO_EMBED_SCRIPT}
    COMMENT "Embedding ${symbol}"
    VERBATIM)
  target_sources(${target} PRIVATE ${folder}/${symbol}.c ${folder}/${symbol}.h)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()

# ---- From here on: the script that the build runs --------------------------------------------------------------------
if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

# A C string literal, 64 bytes a line: compilers read these many times faster than lists of numbers.
function(literal_of file out)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" text "${hex}")
  string(REPEAT "." 256 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n  \"" text "${text}")
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

file(READ ${FOLDER}/${SYMBOL}.list files)
set(texts)
set(rows)
set(i 0)
foreach(file ${files})
  literal_of(${file} literal)
  get_filename_component(name ${file} NAME)
  if(KIND STREQUAL "migration")
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])-([a-z0-9-]+)\\.sql$")
      message(FATAL_ERROR "${name}: a migration is called NNNN-name.sql")
    endif()
    set(label ${CMAKE_MATCH_2})
    math(EXPR wanted "${i} + 1")
    string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
    if(NOT number STREQUAL wanted)
      message(FATAL_ERROR "${name}: the next migration has number ${wanted}")
    endif()
    string(APPEND rows "  {.number = ${number}, .name = \"${label}\", .text = text_${i}},\n")
  else()
    if(BASE)
      file(RELATIVE_PATH name ${BASE} ${file})
    endif()
    string(APPEND rows
      "  {.name = \"${name}\", .bytes = (const unsigned char *)text_${i}, .n = sizeof text_${i} - 1},\n")
  endif()
  string(APPEND texts "static const char text_${i}[] = /* ${name} */\n  ${literal};\n")
  math(EXPR i "${i} + 1")
endforeach()

if(KIND STREQUAL "migration")
  set(type "struct db_migration")
  set(declared "#include \"db.h\"\n")
else()
  set(type "struct embedded_file")
  set(declared "#include <stddef.h>\n#ifndef ORDO_EMBEDDED_FILE\n#define ORDO_EMBEDDED_FILE\nstruct embedded_file {\n  \
const char *name;\n  const unsigned char *bytes; /* a NUL follows */\n  size_t n;\n};\n#endif\n")
endif()
set(said "/* Made by cmake/embed.cmake from the files named in it. */\n")
file(WRITE ${FOLDER}/${SYMBOL}.h "${said}#ifndef ORDO_EMBED_${SYMBOL}\n#define ORDO_EMBED_${SYMBOL}\n${declared}\
extern const ${type} ${SYMBOL}[];\nextern const size_t ${SYMBOL}_n;\n#endif\n")
file(WRITE ${FOLDER}/${SYMBOL}.c "${said}#include \"${SYMBOL}.h\"\n\n${texts}\nconst ${type} ${SYMBOL}[] = {\n${rows}};\n\
const size_t ${SYMBOL}_n = ${i};\n")
