# The system libraries, each an imported target PkgConfig::<NAME>. tools/setup installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)      # the embedded database
pkg_check_modules(MARIADB REQUIRED IMPORTED_TARGET libmariadb)  # MySQL and MariaDB servers
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)        # S3: transport
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)    # S3: signing; hashes
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)         # S3: answers
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)  # drops in zip and tar
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)           # the checksum of a gzip file
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)        # compressed archives
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)     # JSON
