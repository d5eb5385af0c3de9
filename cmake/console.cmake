# ordo_console(TARGET): the console becomes part of the binary. web/tools/build.sh makes one packed file of it; web_pack.c holds
# its bytes between `web_pack` and `web_pack_end`. Without ORDO_WEB (fuzz and thread sanitizer builds) the pack is empty.
option(ORDO_WEB "Build the console and embed it" OFF)

function(ordo_console target)
  set(pack ${CMAKE_CURRENT_BINARY_DIR}/console.pack)
  if(ORDO_WEB)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/*
         ${CMAKE_SOURCE_DIR}/web/tools/* ${CMAKE_SOURCE_DIR}/web/*.html)
    list(FILTER sources EXCLUDE REGEX "/shared/api/(schema\\.d\\.ts|openapi\\.json)$|\\.test\\.tsx?$")
    add_custom_command(
      OUTPUT ${pack}
      COMMAND ${CMAKE_SOURCE_DIR}/web/tools/build.sh ${pack}
      DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/web/package-lock.json ${CMAKE_SOURCE_DIR}/web/vite.config.ts
      COMMENT "Building the console"
      VERBATIM)
  else()
    file(GENERATE OUTPUT ${pack} CONTENT "ordo-web 1\n\n")
  endif()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/web_pack.c @ONLY CONTENT [[
/* Made by cmake/console.cmake: the bytes of console.pack. */
extern const char web_pack[], web_pack_end[];
__asm__(".section .rodata\n.global web_pack\n.global web_pack_end\nweb_pack:\n.incbin \"@pack@\"\nweb_pack_end:\n.byte 0\n.previous\n");
]])
  set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/web_pack.c PROPERTIES OBJECT_DEPENDS ${pack})
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/web_pack.c)
endfunction()
