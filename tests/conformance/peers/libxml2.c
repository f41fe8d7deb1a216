/* SPDX-License-Identifier: MIT
 *
 * What libxml2's validator makes of the lines that assess_schemas.c describes. A schema that
 * takes longer than ten seconds ends the work on its line: its answers are "lost".
 */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 10 };

static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static xmlSchema *compile(const char *file)
{
    xmlSchemaParserCtxt *ctxt = xmlSchemaNewParserCtxt(file);
    xmlSchemaSetParserErrors(ctxt, say_nothing, say_nothing, NULL);
    xmlSchema *schema = xmlSchemaParse(ctxt);
    xmlSchemaFreeParserCtxt(ctxt);
    return schema;
}

static const char *assess(xmlSchema *schema, const char *file)
{
    xmlDoc *document = xmlReadFile(file, NULL, XML_PARSE_NONET | XML_PARSE_NOENT);
    if (!document)
        return "malformed";
    xmlSchemaValidCtxt *ctxt = xmlSchemaNewValidCtxt(schema);
    xmlSchemaSetValidErrors(ctxt, say_nothing, say_nothing, NULL);
    int rc = xmlSchemaValidateDoc(ctxt, document);
    xmlSchemaFreeValidCtxt(ctxt);
    xmlFreeDoc(document);
    return rc == 0 ? "valid" : "invalid";
}

static void answer(char *line)
{
    char *rest = NULL;
    xmlSchema *schema = compile(strtok_r(line, "\t", &rest));
    printf("schema %s\t\n", schema ? "valid" : "invalid");
    for (const char *name; (name = strtok_r(NULL, "\t", &rest));)
        printf("instance %s\t\n", schema ? assess(schema, name) : "refused");
    fflush(stdout);
}

/* In a process of its own, whose answers come through a pipe. */
static void answer_in_time(char *line)
{
    int pipes[2], status = 0;
    char answers[1 << 16];
    size_t have = 0;
    if (pipe(pipes) != 0)
        exit(2);
    pid_t child = fork();
    if (child == 0) {
        alarm(SECONDS);
        dup2(pipes[1], STDOUT_FILENO);
        answer(line);
        _exit(0);
    }
    close(pipes[1]);
    for (ssize_t n; (n = read(pipes[0], answers + have, sizeof answers - have)) > 0;)
        have += (size_t)n;
    close(pipes[0]);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
        fwrite(answers, 1, have, stdout);
    } else {
        puts("schema lost\t");
        for (const char *tab = line; (tab = strchr(tab, '\t')); tab++)
            puts("instance lost\t");
    }
    fflush(stdout);
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    xmlSetGenericErrorFunc(NULL, say_nothing);
    while (getline(&line, &cap, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        answer_in_time(line);
    }
    free(line);
    return 0;
}
