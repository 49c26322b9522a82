/* db_pq.h: libpq, loaded when a PostgreSQL is first named, with the twenty libraries that it brings: an installation on SQLite
   does without. The functions have libpq's own names and types; whoever calls one has asked db_pq_load() before, or holds
   a connection. */
#ifndef DB_DB_PQ_H
#define DB_DB_PQ_H

#include <libpq-fe.h>
#include <stdbool.h>

#define DB_PQ_FUNCTIONS(EACH) \
	EACH(PQclear) EACH(PQcmdTuples) EACH(PQconnectdbParams) EACH(PQconninfo) EACH(PQconninfoFree) EACH(PQconsumeInput) \
	EACH(PQdescribePrepared) EACH(PQerrorMessage) EACH(PQescapeIdentifier) EACH(PQexec) EACH(PQexecParams) EACH(PQexecPrepared) \
	EACH(PQfinish) EACH(PQfname) EACH(PQfreemem) EACH(PQftype) EACH(PQgetisnull) EACH(PQgetlength) EACH(PQgetvalue) \
	EACH(PQnfields) EACH(PQnotifies) EACH(PQnparams) EACH(PQntuples) EACH(PQprepare) EACH(PQresultErrorField) \
	EACH(PQresultStatus) EACH(PQsetNoticeReceiver) EACH(PQsocket) EACH(PQstatus) EACH(PQtransactionStatus)

#define DB_PQ_MEMBER(name) __typeof__(name) *name;
struct db_pq {
	DB_PQ_FUNCTIONS(DB_PQ_MEMBER)
};
#undef DB_PQ_MEMBER
extern struct db_pq db_pq;

/* False, after a line in the log that says so, where it is not installed. Safe from all threads, and as often as one likes. */
bool db_pq_load(void);

#define PQclear db_pq.PQclear
#define PQcmdTuples db_pq.PQcmdTuples
#define PQconnectdbParams db_pq.PQconnectdbParams
#define PQconninfo db_pq.PQconninfo
#define PQconninfoFree db_pq.PQconninfoFree
#define PQconsumeInput db_pq.PQconsumeInput
#define PQdescribePrepared db_pq.PQdescribePrepared
#define PQerrorMessage db_pq.PQerrorMessage
#define PQescapeIdentifier db_pq.PQescapeIdentifier
#define PQexec db_pq.PQexec
#define PQexecParams db_pq.PQexecParams
#define PQexecPrepared db_pq.PQexecPrepared
#define PQfinish db_pq.PQfinish
#define PQfname db_pq.PQfname
#define PQfreemem db_pq.PQfreemem
#define PQftype db_pq.PQftype
#define PQgetisnull db_pq.PQgetisnull
#define PQgetlength db_pq.PQgetlength
#define PQgetvalue db_pq.PQgetvalue
#define PQnfields db_pq.PQnfields
#define PQnotifies db_pq.PQnotifies
#define PQnparams db_pq.PQnparams
#define PQntuples db_pq.PQntuples
#define PQprepare db_pq.PQprepare
#define PQresultErrorField db_pq.PQresultErrorField
#define PQresultStatus db_pq.PQresultStatus
#define PQsetNoticeReceiver db_pq.PQsetNoticeReceiver
#define PQsocket db_pq.PQsocket
#define PQstatus db_pq.PQstatus
#define PQtransactionStatus db_pq.PQtransactionStatus

#endif
