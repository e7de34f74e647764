# Toolchain: this machine's compiler and C library, with libraries as old as cmake/Dependencies.cmake
# promises or older. See `make check-oldest`.
set(oldest "${CMAKE_CURRENT_LIST_DIR}/../build/sysroot/oldest")
set(libraries "${oldest}/usr/lib/x86_64-linux-gnu")
set(CMAKE_FIND_ROOT_PATH "${oldest}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

# Before this machine's own headers; and, by the older kind of run path, for the libraries'
# libraries too.
string(APPEND CMAKE_C_FLAGS_INIT
  " -isystem ${oldest}/usr/include -isystem ${oldest}/usr/include/x86_64-linux-gnu")
set(run_path "${libraries}:${oldest}/lib/x86_64-linux-gnu")
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -Wl,--disable-new-dtags,-rpath,${run_path}")

set(ENV{PKG_CONFIG_SYSROOT_DIR} "${oldest}")
set(ENV{PKG_CONFIG_LIBDIR} "${libraries}/pkgconfig:${oldest}/usr/share/pkgconfig")
