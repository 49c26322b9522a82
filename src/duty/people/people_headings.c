#include "duty/people/people_headings.h"

#include <string.h>

#include "duty/people/people_text.h"

static const struct {
	const char *name, *words;
} fields[] = {
	[PF_NUMBER] = { "employee_number", "employee number" },
	[PF_NAME] = { "name", "name" },
	[PF_FAMILY] = { "family_name", "family name" },
	[PF_GIVEN] = { "given_name", "given name" },
	[PF_EMAIL] = { "email", "e-mail" },
	[PF_PHONE_PRIVATE] = { "private_phone", "private phone" },
	[PF_PHONE_WORK] = { "work_phone", "work phone" },
	[PF_UNIT] = { "unit", "unit" },
	[PF_UNIT_CODE] = { "unit_code", "unit code" },
	[PF_PARENT_CODE] = { "parent_code", "code of the unit above" },
	[PF_PARENT_NAME] = { "parent_name", "name of the unit above" },
	[PF_PROFESSION] = { "profession", "profession" },
	[PF_TITLE] = { "title", "title" },
	[PF_LEVEL] = { "level", "level" },
	[PF_LEADER] = { "leader", "leader" },
	[PF_STAFF] = { "staff_responsibility", "staff responsibility" },
	[PF_LANGUAGE] = { "language", "language" },
	[PF_PROTECTED] = { "protected", "protected identity" },
	[PF_END] = { "end_date", "end date" },
	[PF_NATIONAL] = { "national", "national identity number" },
	[PF_BIRTH] = { "birth", "birth date" },
	[PF_UNUSED] = { "unused", "not used" },
};

const char *people_field_name(enum people_field f)
{
	return fields[f].name;
}

const char *people_field_words(enum people_field f)
{
	return fields[f].words;
}

/* Squeezed headings (people_squeeze), a space between. Within a field the better comes first: it wins where a file has both. */
static const struct {
	enum people_field field;
	const char *headings;
} guesses[] = {
	{ PF_NATIONAL, "fodselsnummer fodselsnr fnr dnummer dnr personnummer personnr pnr persnr personidentitet "
		       "personidentitetsnummer samordningsnummer nationaltid personnummer12 cprnummer cprnr cpr ssn "
		       "socialsecuritynumber socialsecurityno nationalid nationalidnumber nationalidentitynumber "
		       "identitetsnummer" },
	{ PF_BIRTH, "fodselsdato fodselsdag fodseldato fodt fodd fodelsedatum fodelsedag fodelsear fodselsaar fodselsar "
		    "fodedato fodedag dateofbirth birthdate birthday birthyear yearofbirth dob age alder" },
	{ PF_NUMBER, "ansattnummer ansattnr ansattid ansattenummer ansatt medarbeidernummer medarbeidernr "
		     "lonnsnummer lonnsnr ressursnummer ressursnr personalnummer personalnr personellnummer "
		     "anstallningsnummer anstallningsnr anstnr anstallningsid anstallnr medarbetarnummer medarbetarid "
		     "medarbejdernummer medarbejdernr medarbejderid lonnummer lonnr tjenestenummer tjenestenr "
		     "personalenummer medarbejderno employeenumber employeenum employeeno employeenr employeeid "
		     "employeecode empid empno empnum staffnumber staffno staffid personnelnumber personnelno payrollnumber "
		     "payrollno workerid personid ansattkode brukernummer" },
	{ PF_NAME, "navn fulltnavn fullstendignavn navnetternavnfornavn etternavnfornavn ansattnavn namn "
		   "fullstandigtnamn fulltnamn efternamnfornamn namnefternamnfornamn medarbeider medarbetare medarbejder "
		   "medarbejdernavn medarbetarnamn fuldenavn fuldtnavn efternavnfornavn name fullname displayname "
		   "visningsnavn visningsnamn employeename employee namelastfirst namefirstlast lastnamefirstname "
		   "preferredname nameofemployee empname staffname" },
	{ PF_FAMILY, "etternavn slektsnavn efternamn efternavn slaegtsnavn familyname lastname surname sn lname last" },
	{ PF_GIVEN, "fornavn fornavnmellomnavn tilnavn fornamn tilltalsnamn givenname firstname forename fname first "
		    "fornavne" },
	{ PF_EMAIL, "epost epostadresse epostjobb epostarbeid jobbepost epostjob jobepost email emailaddress "
		    "emailadresse mail mailadresse epostadress arbetsepost arbejdsmail workemail emailwork "
		    "workemailaddress businessemail userprincipalname upn eposttjeneste" },
	{ PF_PHONE_PRIVATE, "privatmobil mobilprivat privattelefon telefonprivat privattlf tlfprivat privattelefonnummer "
			    "mobiltelefonprivat privatmobiltelefon privatephone homephone personalphone mobilephoneprivate "
			    "privatemobile personalmobile phoneprivate mobilenrprivat privatnummer hemtelefon" },
	{ PF_PHONE_WORK, "mobil mobiltelefon mobilnummer mobilnr telefon telefonnummer telefonnr tlf tlfnr mobiljobb "
			 "jobbmobil telefonjobb jobbtelefon telefonarbeid arbeidstelefon tjenestetelefon tjenestemobil "
			 "telefonarbete arbetstelefon tjanstetelefon tjanstemobil arbejdstelefon arbejdsmobil "
			 "telefonarbejde phone phonenumber telephone telephonenumber mobile mobilephone cellphone cell "
			 "workphone workmobile businessphone phonework officephone" },
	{ PF_PARENT_CODE, "overordnetenhetskode overordnetkode overordnetenhetid overenhetskode foreldreenhet "
			  "foreldrekode overordnetorgnr overordnadenhetskod overordnadkod overordnadenhetid "
			  "overordnetenhedskode overordnetenhedid parentcode parentunitcode parentid parentunitid "
			  "parentdepartmentid parentorgid parentorgcode parentdepartmentcode" },
	{ PF_PARENT_NAME, "overordnetenhet overordnetenhetsnavn overordnadenhet overordnadenhetnamn overordnetenhed "
			  "overordnetenhedsnavn parentunit parentunitname parentdepartment parentname parentorganization" },
	{ PF_UNIT_CODE, "enhetskode enhetsid enhetid enhetnr enhetsnummer avdelingskode avdelingsnummer avdelingsnr avdnr "
			"avdelingnr avdelingsid orgkode organisasjonskode orgenhetskode kostnadssted kostnadsstednr koststed "
			"enhetskod enhetskodhsa orgkod organisationskod avdelningskod avdelningsnummer kostnadsstalle "
			"enhedskode enhedsid enhednr enhedsnummer afdelingskode afdelingsnummer afdelingsnr "
			"organisationskode unitcode unitid departmentid departmentcode deptid deptcode orgcode orgunitcode "
			"orgunitid orgid costcenter costcentre departmentnumber deptno" },
	{ PF_UNIT, "enhetssti organisasjonssti orgsti organisasjonstilhorighet organisasjonsenhet orgenhet arbeidssted "
		   "tjenestested virksomhet divisjon klinikk sektor etat avdeling avdelingsnavn seksjon enhet "
		   "enhetsnavn team gruppe organisationssokvag organisationsvag organisationsenhet organisation "
		   "verksamhet verksamhetsomrade forvaltning division avdelning avdelningsnamn sektion enhetnamn enhetsnamn "
		   "arbetsplats organisationssti organisatoriskenhed enhedssti omrade center klinik forvaltningsomrade "
		   "afdeling afdelingsnavn afsnit enhed enhedsnavn arbejdssted unitpath orgpath organisationpath "
		   "organizationpath organization orgunit orgunitname organizationalunit directorate unit unitname "
		   "department departmentname dept deptname section businessunit workplace agency agencyname bureau "
		   "departmentorganization" },
	{ PF_PROFESSION, "yrkesgruppe yrke profesjon fagruppe faggruppe stillingsgruppe yrkesgrupp yrkeskategori "
			 "personalkategori personalegruppe profession professionalgroup occupation occupationgroup "
			 "jobfamily jobgroup jobcategory" },
	{ PF_TITLE, "stilling stillingstittel stillingsnavn stillingsbetegnelse stillingskodetekst tittel rolle "
		    "yrkestittel befattning befattningsbenamning yrkestitel titel tjanst tjanstetitel stillingsbetegnelser "
		    "stillingstitel jobtitel titelbetegnelse title jobtitle positiontitle position role jobname job "
		    "jobtitles worktitle" },
	{ PF_LEVEL, "niva kompetanseniva stillingsniva senioritet kompetensniva befattningsniva niveau stillingsniveau "
		    "kompetenceniveau level joblevel seniority grade" },
	{ PF_LEADER, "leder naermesteleder lederepost ledersepost epostleder ledernummer lederansattnummer lederansattnr "
		     "ledersansattnummer naermestelederepost naermestelederansattnummer leders erleder chef narmastechef "
		     "narmstechef chefepost chefensepost chefanstallningsnummer chefsepost narmastechefepost archef "
		     "naermestechef lederemail ledermail ledersemail ledermedarbejdernummer manager manageremail managerid "
		     "manageremployeenumber manageremployeeid managernumber supervisor supervisoremail supervisorid "
		     "reportsto linemanager linemanageremail ismanager isleader leader leaderemail" },
	{ PF_STAFF, "personalansvar harpersonalansvar personalansvarlig personaleansvar harpersonaleansvar "
		    "medarbetaransvar staffresponsibility peoplemanager directreports hasdirectreports" },
	{ PF_LANGUAGE, "sprak spraak malform sprog foretrukketsprak foretrukketsprog onskatsprak language lang "
		       "preferredlanguage locale" },
	{ PF_PROTECTED, "skjermet sperretadresse hemmeligadresse adressesperre kode67 gradert adressegradering "
			"adressebeskyttelse skyddadidentitet skyddadepersonuppgifter sekretessmarkering skyddad "
			"sekretess beskyttet beskyttetidentitet navneogadressebeskyttelse hemmeligidentitet "
			"beskyttetadresse protected protectedidentity protectedaddress confidential skjermetidentitet "
			"fortrolig" },
	{ PF_END, "sluttdato sluttedato fratradt fratredelsesdato fratredelse ansattil tildato slutdatum anstallningtom "
		  "slutar avgangsdatum tom slutdato fratraedelsesdato fratradelsesdato ansattelseslut fratradtdato enddate "
		  "terminationdate leavedate leavingdate employmentenddate lastday lastworkingday sluttet" },
};

/* Somewhere in the heading: better to drop one column too many. */
static const struct {
	enum people_field field;
	const char *piece;
} pieces[] = {
	{ PF_NATIONAL, "fodselsn" },   { PF_NATIONAL, "personnummer" }, { PF_NATIONAL, "fodelsen" },
	{ PF_NATIONAL, "cprn" },       { PF_NATIONAL, "socialsec" },    { PF_NATIONAL, "nationalid" },
	{ PF_NATIONAL, "samordning" }, { PF_BIRTH, "fodselsd" },	{ PF_BIRTH, "fodelsed" },
	{ PF_BIRTH, "dateofbirth" },   { PF_BIRTH, "birthd" },		{ PF_BIRTH, "fodested" },
};

/* The place of word in a list of words with spaces between, from 0; -1: not there. */
static int in_list(const char *list, struct slice word)
{
	struct slice rest = slice_of(list), item;

	for (int i = 0; slice_cut(&rest, ' ', &item); i++)
		if (item.n && slice_eq(item, word))
			return i;
	return -1;
}

static bool contains(struct slice text, const char *piece)
{
	return text.n && memmem(text.p, text.n, piece, strlen(piece)) != NULL;
}

static enum people_field guess(struct slice squeezed, int *rank_r)
{
	*rank_r = 0;
	if (!squeezed.n)
		return PF_UNUSED;
	for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
		int rank = in_list(guesses[i].headings, squeezed);

		if (rank >= 0) {
			*rank_r = rank;
			return guesses[i].field;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		if (contains(squeezed, pieces[i].piece))
			return pieces[i].field;
	return PF_UNUSED;
}

enum people_field people_heading_guess(struct arena *a, struct slice heading)
{
	int rank;

	return guess(people_squeeze(a, heading), &rank);
}

static int field_named(struct slice name)
{
	for (int f = 0; f < PF_KEPT; f++)
		if (slice_is(name, fields[f].name))
			return f;
	return -1;
}

/* A heading as it stands, or a number from 1; -1: there is none such. */
static int column_named(struct arena *a, const struct people_columns *cols, struct slice name)
{
	struct slice want = name.n && name.p[0] == '#' ? (struct slice){ 0 } : people_squeeze(a, name);
	int64_t number;

	for (size_t i = 0; i < cols->n; i++)
		if (slice_eq(people_squeeze(a, cols->heading[i]), want) && want.n)
			return (int)i;
	/* "#3" is a number and never a heading. */
	if (name.n > 1 && name.p[0] == '#')
		name = (struct slice){ name.p + 1, name.n - 1 };
	if (slice_int(name, &number) == RES_OK && number >= 1 && (uint64_t)number <= cols->n)
		return (int)number - 1;
	return -1;
}

static void release(struct people_columns *cols, enum people_field f)
{
	for (size_t i = 0; i < cols->n; i++)
		if (cols->is[i] == f)
			cols->is[i] = PF_UNUSED;
	cols->at[f] = -1;
	if (f == PF_UNIT)
		cols->units = 0;
}

static void give(struct people_columns *cols, enum people_field f, int column)
{
	cols->is[column] = f;
	if (f == PF_UNIT) {
		if (cols->units < PEOPLE_UNIT_COLUMNS_MAX)
			cols->unit[cols->units++] = column;
		cols->at[f] = cols->unit[0];
	} else {
		cols->at[f] = column;
	}
}

static enum result apply_told(struct arena *a, struct people_columns *cols, const struct people_told *told, size_t n,
			      const char **why_r)
{
	bool cleared[PF_KEPT] = { false };

	for (size_t i = 0; i < n; i++) {
		int f = field_named(told[i].field), column;

		if (f < 0) {
			*why_r = arena_printf(a, "--column: there is no field “%.*s”", (int)told[i].field.n,
					      told[i].field.p);
			return RES_BAD;
		}
		if (!cleared[f] || f != PF_UNIT)
			release(cols, (enum people_field)f);
		cleared[f] = true;
		if (slice_is(told[i].column, "none"))
			continue;
		column = column_named(a, cols, told[i].column);
		if (column < 0) {
			*why_r = arena_printf(a, "--column: the file has no column “%.*s”", (int)told[i].column.n,
					      told[i].column.p);
			return RES_BAD;
		}
		if (cols->is[column] < PF_KEPT) {
			enum people_field other = cols->is[column];

			if (other == PF_UNIT) {
				size_t k = 0;

				for (size_t j = 0; j < cols->units; j++)
					if (cols->unit[j] != column)
						cols->unit[k++] = cols->unit[j];
				cols->units = k;
				cols->at[PF_UNIT] = k ? cols->unit[0] : -1;
			} else {
				cols->at[other] = -1;
			}
		}
		give(cols, (enum people_field)f, column);
	}
	return RES_OK;
}

enum result people_headings(struct arena *a, const struct slice *heading, size_t n, const struct people_told *told,
			    size_t told_n, struct people_columns *cols_r, const char **why_r)
{
	struct people_columns cols = { .n = n, .is = arena_array(a, enum people_field, n + 1),
				       .heading = arena_array(a, struct slice, n + 1) };
	int best[PF_KEPT];
	enum result res;

	for (int f = 0; f < PF_KEPT; f++)
		cols.at[f] = -1;
	for (size_t i = 0; i < n; i++) {
		int rank;
		enum people_field f;

		cols.heading[i] = people_clean(a, heading[i]);
		f = guess(people_squeeze(a, heading[i]), &rank);
		if (f < PF_KEPT && f != PF_UNIT && cols.at[f] >= 0) {
			if (rank >= best[f]) {
				cols.is[i] = PF_UNUSED;
				continue;
			}
			cols.is[cols.at[f]] = PF_UNUSED;
		}
		cols.is[i] = f;
		if (f == PF_UNIT && cols.units == PEOPLE_UNIT_COLUMNS_MAX)
			cols.is[i] = PF_UNUSED;
		else if (f < PF_KEPT)
			give(&cols, f, (int)i);
		if (f < PF_KEPT)
			best[f] = rank;
	}
	res = apply_told(a, &cols, told, told_n, why_r);
	if (res != RES_OK)
		return res;
	if (cols.at[PF_NAME] < 0 && cols.at[PF_FAMILY] < 0) {
		*why_r = "no column could be the name; say which it is: --column name=3, or "
			 "--column family_name=… --column given_name=…";
		return RES_BAD;
	}
	*cols_r = cols;
	return RES_OK;
}
