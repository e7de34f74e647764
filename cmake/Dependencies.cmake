# The system libraries, as the interface library `derrick_dependencies`. tools/setup installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(DERRICK_DEPENDENCIES REQUIRED IMPORTED_TARGET
  sqlite3      # the embedded database
  libmariadb   # MySQL and MariaDB servers
  libcurl      # S3: transport
  libcrypto    # S3: signing; hashes
  expat        # S3: answers
  libarchive   # drops in zip and tar
  zlib         # the checksum of a gzip file, which libarchive leaves unread
  libzstd      # compressed archives
  jansson)     # --json

add_library(derrick_dependencies INTERFACE)
target_link_libraries(derrick_dependencies INTERFACE
  PkgConfig::DERRICK_DEPENDENCIES Threads::Threads m)
