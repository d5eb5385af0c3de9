# ordo_test(NAME COMMAND word... [DATABASE [SERIALIZABLE]] [LABELS label...] [ENVIRONMENT NAME=VALUE...] [TIMEOUT seconds])
#
# One test of CTest; the first word may be a target. With DATABASE it is registered a second time, as NAME@postgres with the label postgres:
# the same program with ORDO_TEST_POSTGRES, on a server that CTest starts before the first of them and drops after the last
# one (tools/postgres.sh, `ctest -R` does so too). With SERIALIZABLE a third time, as NAME@serializable: there
# transactions are serializable by default, as some relatives of PostgreSQL insist.
function(ordo_test name)
  cmake_parse_arguments(TEST "DATABASE;SERIALIZABLE" "TIMEOUT" "COMMAND;LABELS;ENVIRONMENT" ${ARGN})
  list(POP_FRONT TEST_COMMAND program)
  if(TARGET ${program})
    set(program $<TARGET_FILE:${program}>)
  endif()
  ordo_add_test(${name} LABELS ${TEST_LABELS} ENVIRONMENT ${TEST_ENVIRONMENT} COMMAND ${program} ${TEST_COMMAND})
  if(TEST_DATABASE)
    set(command ${ORDO_POSTGRES} with ${ORDO_POSTGRES_FOLDER} ${program} ${TEST_COMMAND})
    ordo_add_test(${name}@postgres LABELS postgres ${TEST_LABELS} ENVIRONMENT ${TEST_ENVIRONMENT} COMMAND ${command})
    set_tests_properties(${name}@postgres PROPERTIES FIXTURES_REQUIRED postgres)
  endif()
  if(TEST_SERIALIZABLE)
    ordo_add_test(${name}@serializable LABELS postgres COMMAND ${command}
                  ENVIRONMENT ${TEST_ENVIRONMENT} ORDO_TEST_ISOLATION=serializable)
    set_tests_properties(${name}@serializable PROPERTIES FIXTURES_REQUIRED postgres)
  endif()
endfunction()

# One registration with the TIMEOUT of the ordo_test that calls it.
function(ordo_add_test name)
  cmake_parse_arguments(ADD "" "" "COMMAND;LABELS;ENVIRONMENT" ${ARGN})
  if(ORDO_SANITIZE STREQUAL "thread")
    list(APPEND ADD_ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp")
  endif()
  add_test(NAME ${name} COMMAND ${ADD_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS "${ADD_LABELS}" ENVIRONMENT "${ADD_ENVIRONMENT}")
  if(TEST_TIMEOUT)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT})
  endif()
endfunction()

# The server of the tests of this build folder. Not in the build folder: run as root the server is the user postgres, who may
# not be able to get there.
set(ORDO_POSTGRES ${CMAKE_SOURCE_DIR}/tools/postgres.sh)
string(MD5 folder ${CMAKE_BINARY_DIR})
string(SUBSTRING ${folder} 0 12 folder)
set(ORDO_POSTGRES_FOLDER /tmp/ordo-postgres-${folder})

# Called once, where testing is switched on.
function(ordo_test_server)
  add_test(NAME postgres_start COMMAND ${ORDO_POSTGRES} start ${ORDO_POSTGRES_FOLDER})
  add_test(NAME postgres_drop COMMAND ${ORDO_POSTGRES} drop ${ORDO_POSTGRES_FOLDER})
  set_tests_properties(postgres_start PROPERTIES FIXTURES_SETUP postgres)
  set_tests_properties(postgres_drop PROPERTIES FIXTURES_CLEANUP postgres)
endfunction()

# ordo_room(NAME [THREADS] [DEPS room...] [LIBS library...] [TEST_DEPS room...])
#
# A room is this folder: its .c files become one static library whose include folder is seen only by the rooms that
# list it in DEPS (and by those that list these). An include that is not licensed here does not compile.
# Files named *_test.c become one test program, NAME_test, run by CTest; TEST_DEPS are for it alone. With THREADS it has
# the label tsan: `make test` runs it again under the thread sanitizer. A room with db among its DEPS is tested on both engines.
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
    set(options)
    if(name STREQUAL db OR db IN_LIST ROOM_DEPS)
      list(APPEND options DATABASE)
    endif()
    if(ROOM_THREADS)
      list(APPEND options LABELS tsan)
    endif()
    ordo_test(${name} COMMAND ${name}_test ${options})
  endif()
endfunction()
