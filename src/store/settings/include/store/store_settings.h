/* store_settings: which database, and how it is reached. */
#ifndef DK_STORE_STORE_SETTINGS_H
#define DK_STORE_STORE_SETTINGS_H

enum dk_tls { DK_TLS_AUTO, DK_TLS_VERIFY, DK_TLS_PLAIN };

/* How rows go to a server: LOAD DATA LOCAL, or INSERTs only where the server refuses that; LOAD
 * DATA LOCAL or an error; INSERTs. */
enum dk_load_by { DK_LOAD_BY_AUTO, DK_LOAD_BY_INFILE, DK_LOAD_BY_INSERT };

/* All pointers are borrowed and must live as long as the store. */
struct dk_store_settings {
    const char *url;         /* "sqlite:FILE" or "mysql://[user@]host[:port]/database" or
                               "mysql:///database?socket=/path" */
    const char *folder;      /* a relative FILE is in it; NULL: the current folder */
    const char *password;    /* DERRICK_DB_PASSWORD; NULL: from the option file, if there is one */
    const char *home;        /* for ~/.my.cnf; NULL: no option file there */
    const char *option_file; /* read instead of ~/.my.cnf; NULL: none */
    enum dk_tls tls;         /* auto: verified, but plain to this machine without a tls_ca; plain:
                                to any machine */
    const char *tls_ca, *tls_cert, *tls_key; /* PEM files; NULL: none */
    long connect_timeout_s;                  /* 0: the default */
    enum dk_load_by load;                    /* how rows go to a MySQL server */
    const char *shards; /* comma-separated mysql:// URLs of Spider nodes; NULL: one server */
    unsigned threads;   /* 0: one per processor */
};

/* sqlite:energymobile.db, and otherwise nothing set. */
void dk_store_settings_init(struct dk_store_settings *settings);

#endif
