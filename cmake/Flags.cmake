# The flags of every target of this project, as the interface library `derrick_flags`.
#
# Assertions stay on in every build: a release is the same code that the tests ran. No -march: the
# instruction set is chosen at run time by function, so one binary serves every machine.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_FLAGS_RELEASE "-O3 -g")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g3")

include(CheckPIESupported)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
check_pie_supported(LANGUAGES C)

add_library(derrick_flags INTERFACE)
target_compile_definitions(derrick_flags INTERFACE _GNU_SOURCE)
target_compile_options(derrick_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wvla -Wmissing-prototypes -Wstrict-prototypes
  $<$<BOOL:${DERRICK_WERROR}>:-Werror>
  -fno-math-errno)

if(DERRICK_SANITIZE)
  target_compile_options(derrick_flags INTERFACE
    -fsanitize=${DERRICK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(derrick_flags INTERFACE -fsanitize=${DERRICK_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Hardening; the sanitizers do better where they are on. The undefine is for compilers that
  # predefine the macro.
  target_compile_options(derrick_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
  target_link_options(derrick_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

if(DERRICK_FUZZ)
  # Coverage feedback from the library too, not from the fuzz targets alone.
  target_compile_options(derrick_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(DERRICK_COVERAGE)
  target_compile_options(derrick_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(derrick_flags INTERFACE --coverage)
endif()
