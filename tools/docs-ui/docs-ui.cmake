# ordo_docs_ui(TARGET SYMBOL): the files behind /docs, gzipped, as an embedded table (cmake/embed.cmake). Swagger UI comes
# from npm by the lock file beside this, into the build folder, so that several builds never share one node_modules.
find_program(NPM npm REQUIRED)
find_program(GZIP gzip REQUIRED)

function(ordo_docs_ui target symbol)
  set(from ${CMAKE_SOURCE_DIR}/tools/docs-ui)
  set(work ${CMAKE_CURRENT_BINARY_DIR}/docs-ui)
  set(dist ${work}/node_modules/swagger-ui-dist)
  file(MAKE_DIRECTORY ${work})
  add_custom_command(
    OUTPUT ${work}/installed
    COMMAND ${CMAKE_COMMAND} -E copy ${from}/package.json ${from}/package-lock.json ${from}/.npmrc ${work}
    COMMAND ${CMAKE_COMMAND} -E env NO_UPDATE_NOTIFIER=1 ${NPM} ci --silent --no-audit --no-fund
    COMMAND ${CMAKE_COMMAND} -E touch ${work}/installed
    WORKING_DIRECTORY ${work}
    DEPENDS ${from}/package.json ${from}/package-lock.json
    COMMENT "Installing Swagger UI"
    VERBATIM)
  set(packed)
  foreach(file index.html docs.js docs.css favicon.svg swagger-ui-bundle.js swagger-ui.css)
    set(source ${from}/${file})
    if(NOT EXISTS ${source})
      set(source ${dist}/${file})
    endif()
    # -n leaves the time out: the same input gives the same bytes.
    add_custom_command(
      OUTPUT ${work}/${file}.gz
      COMMAND sh -c "'${GZIP}' -9 -n -c '${source}' > '${work}/${file}.gz'"
      DEPENDS ${work}/installed $<$<BOOL:$<STREQUAL:${source},${from}/${file}>>:${source}>
      VERBATIM)
    list(APPEND packed ${work}/${file}.gz)
  endforeach()
  ordo_embed(${target} ${symbol} ${packed})
endfunction()
