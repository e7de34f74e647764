# The system libraries, each an imported target PkgConfig::<NAME>. tools/setup installs them.
#
# Each version is the oldest that `make check-oldest` builds and tests with. Ubuntu 22.04, the oldest
# system that derrick promises to build on, has these or newer ones (SQLite 3.37.2, curl 7.81,
# OpenSSL 3.0.2, libarchive 3.6.0). Newer functions need a guard, as in src/publish/http.c.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.37)       # the embedded database
pkg_check_modules(MARIADB REQUIRED IMPORTED_TARGET libmariadb>=3.1.22) # MySQL and MariaDB servers
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.74)         # S3: transport
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0.2)    # S3: signing; hashes
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat>=2.2.10)        # S3: answers
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive>=3.4.3)  # drops in zip and tar
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib>=1.2.11)          # the checksum of a gzip file
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd>=1.4.8)        # compressed archives
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13.1)    # JSON
