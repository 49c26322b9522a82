/* leave.h: exit statuses of our programs, as sysexits.h has them. */
#ifndef BASE_LEAVE_H
#define BASE_LEAVE_H

enum leave {
	LEAVE_OK = 0,
	LEAVE_FAILED = 1,
	LEAVE_USAGE = 64,
	LEAVE_INPUT = 66,       /* a file named on the command line cannot be opened */
	LEAVE_NO_USER = 67,     /* the system user does not exist */
	LEAVE_UNAVAILABLE = 69, /* a program cannot be run */
	LEAVE_NO_FILE = 73,     /* a file cannot be made */
	/* What fails may work later. From a mail server's pipe every other failure means "for good", and the mail is lost
	   (Postfix pipe(8); Exim temp_errors). */
	LEAVE_AGAIN = 75,
	LEAVE_CONFIG = 78,
};

#endif
