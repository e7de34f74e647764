# derrick_asset(OUTPUT NAME FILE): appends to the list OUTPUT a C file that holds the text of a style
# sheet or script of the tree as NAME and NAME_bytes, without its comments and indentation. It is made
# when CMake runs, which it does again when the file changes.
function(derrick_asset output name file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  string(REGEX REPLACE "/\\*[^*]*\\*+([^/*][^*]*\\*+)*/" "" text "${text}")
  string(REGEX REPLACE "\n *//[^\n]*" "" text "${text}")
  string(REGEX REPLACE "\n[ \n]+" "\n" text "${text}")
  string(HEX "${text}" hex)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x0a,)" "\\1\n    " bytes "${bytes}")
  set(source "${CMAKE_BINARY_DIR}/generated/${name}.c")
  file(CONFIGURE OUTPUT "${source}" CONTENT "/* Made by CMake from ${file}. */
#include <stddef.h>
extern const unsigned char ${name}[];
extern const size_t ${name}_bytes;
const unsigned char ${name}[] = {
    @bytes@0};
const size_t ${name}_bytes = sizeof(${name}) - 1;
" @ONLY)
  set(${output} ${${output}} "${source}" PARENT_SCOPE)
endfunction()
