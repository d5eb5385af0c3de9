# ordo_room(NAME [THREADS] [DEPS room...] [LIBS library...] [TEST_DEPS room...])
#
# A room is this folder: its .c files become one static library whose include folder is seen only by the rooms that
# list it in DEPS (and by those that list these). An include that is not licensed here does not compile.
# Files named *_test.c become one test program, NAME_test, run by CTest; TEST_DEPS are for it alone. With THREADS it has
# the label tsan: `make test` runs it again under the thread sanitizer.
function(ordo_room name)
  cmake_parse_arguments(ROOM "THREADS" "" "DEPS;LIBS;TEST_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.c)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.c$")
  list(FILTER tests INCLUDE REGEX "_test\\.c$")
  if(NOT sources) # a room of headers, or one whose walls are still to come
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ROOM_DEPS})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ROOM_DEPS} PRIVATE ordo_flags ${ROOM_LIBS})
  if(tests AND ORDO_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} harness ordo_flags ${ROOM_TEST_DEPS})
    add_test(NAME ${name} COMMAND ${name}_test)
    if(ROOM_THREADS)
      set_tests_properties(${name} PROPERTIES LABELS tsan)
    endif()
  endif()
endfunction()
