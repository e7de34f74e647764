/*
 * Which machine this is. Workspaces are often on a share that several machines mount, and a process
 * number means something only on the machine that gave it.
 */
#ifndef DK_BASE_HOST_H
#define DK_BASE_HOST_H

#define DK_HOST_NAME_MAX 65 /* Linux: at most 64 bytes, and a NUL */
#define DK_HOST_ID_MAX 9    /* eight lower-case hex digits and a NUL */

/* The host's name, for people; "" if there is none. It holds only printable ASCII without blanks,
 * whatever the system says. */
void dk_host_name(char name[DK_HOST_NAME_MAX]);

/* The user that this process runs as, for people: the name, or "uid-1000" without one. As the
 * host's name, it holds only printable ASCII without blanks; a longer one is cut. */
#define DK_USER_NAME_MAX 64
void dk_user_name(char name[DK_USER_NAME_MAX]);

/* A short hash of machine id, host name and process namespace: it identifies the place where a
 * process number has a meaning. Two containers may share one of the three, but hardly all. The hash
 * survives a reboot, so that files of a run before a power cut still count as this host's; a new
 * container is another host. Cheap, and safe from any thread. */
void dk_host_id(char id[DK_HOST_ID_MAX]);

#endif
