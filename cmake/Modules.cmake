# derrick_module(NAME DEPENDS MODULE... [HIDES MODULE...] [LIBRARIES TARGET...] [FOLDER PATH])
#
# The static library derrick_NAME from src/PATH/*.c (PATH is NAME unless given). Other modules see the
# headers in src/PATH/include and no others. DEPENDS names the modules whose headers it may include and
# whose functions it may call; HIDES names those that it uses without showing them to the
# modules that depend on it, such as its own parts. LIBRARIES are for its own use. The order of the calls in CMakeLists.txt
# is the order of the layers: a module depends on those above it.
#
# With DERRICK_TESTS two more targets prove this for every module: one compiles each public header
# alone, and one links the whole library against its declared dependencies and nothing else.
set_property(GLOBAL PROPERTY GLOBAL_DEPENDS_NO_CYCLES ON)

function(derrick_module name)
  cmake_parse_arguments(arg "" "FOLDER" "DEPENDS;HIDES;LIBRARIES" ${ARGN})
  if(NOT arg_FOLDER)
    set(arg_FOLDER "${name}")
  endif()
  set(folder "${CMAKE_SOURCE_DIR}/src/${arg_FOLDER}")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.c")
  if(name STREQUAL "cli")
    # The program is apart, so that tests can link the command line.
    list(REMOVE_ITEM sources "${folder}/main.c")
  endif()
  add_library(derrick_${name} STATIC ${sources})
  target_include_directories(derrick_${name} PUBLIC "${folder}/include")
  list(TRANSFORM arg_DEPENDS PREPEND derrick_)
  list(TRANSFORM arg_HIDES PREPEND derrick_)
  target_link_libraries(derrick_${name}
    PUBLIC derrick_flags ${arg_DEPENDS} PRIVATE ${arg_HIDES} ${arg_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY DERRICK_MODULES derrick_${name})
  if(DERRICK_TESTS)
    check_headers(${name} "${folder}/include")
    check_links(${name})
  endif()
endfunction()

# Compiles each public header of a module twice in a file of its own.
function(check_headers name include)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${include}" "${include}/*.h")
  set(sources)
  foreach(header IN LISTS headers)
    set(source "${CMAKE_BINARY_DIR}/headers/${header}.c")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"@header@\"\n#include \"@header@\"\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  if(sources)
    add_library(headers_${name} OBJECT ${sources})
    target_link_libraries(headers_${name} PRIVATE derrick_${name} ${arg_LIBRARIES})
  endif()
endfunction()

# Links all of a module, so that a symbol that no declared dependency defines is an error.
function(check_links name)
  add_executable(links_${name} "${CMAKE_SOURCE_DIR}/cmake/empty_main.c")
  target_link_libraries(links_${name} PRIVATE
    -Wl,--whole-archive derrick_${name} -Wl,--no-whole-archive)
endfunction()
