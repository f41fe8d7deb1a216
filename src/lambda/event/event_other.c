/* SPDX-License-Identifier: MIT
 *
 * Events that services send and that name no archive.
 */
#include "lambda/event/event_services.h"

#include "lambda/event/event_items.h"
#include <string.h>

/* Where a service's event has a member that no other's has ("Integrating other services" in the
 * AWS Lambda Developer Guide, and the guides of the services). */
static const struct {
    const char *member;
    const char *value; /* NULL: any */
    const char *what;
} others[] = {
    {"Records/eventSource", "aws:kinesis", "records of a Kinesis stream"},
    {"Records/eventSource", "aws:dynamodb", "changes in a DynamoDB table"},
    {"Records/eventSource", "aws:codecommit", "an event of CodeCommit"},
    {"Records/eventSource", "aws:ses", "a mail that SES received"},
    {"Records/cf", NULL, "a request that CloudFront (Lambda@Edge) hands over"},
    {"eventSource", "aws:kafka", "records of a Kafka topic (Amazon MSK)"},
    {"eventSource", "SelfManagedKafka", "records of a Kafka topic"},
    {"eventSource", "aws:mq", "messages of an ActiveMQ broker"},
    {"eventSource", "aws:rmq", "messages of a RabbitMQ broker"},
    {"eventSource", "aws:docdb", "changes in a DocumentDB collection"},
    {"deliveryStreamArn", NULL, "records of Firehose"},
    {"awslogs", NULL, "lines of CloudWatch Logs"},
    {"alarmData", NULL, "a CloudWatch alarm"},
    {"triggerSource", NULL, "a trigger of a Cognito user pool"},
    {"identityPoolId", NULL, "an event of Cognito Sync"},
    {"getObjectContext", NULL, "a request of S3 Object Lambda"},
    {"configRuleName", NULL, "an event of AWS Config"},
    {"CodePipeline.job", NULL, "a job of CodePipeline"},
    {"ResponseURL", NULL, "a custom resource of CloudFormation"},
    {"SecretId", NULL, "a rotation of Secrets Manager"},
    {"requestContext/connectionId", NULL, "a message of a WebSocket API"},
    {"methodArn", NULL, "a question to an authorizer of API Gateway"},
    {"routeArn", NULL, "a question to an authorizer of API Gateway"},
    {"info/parentTypeName", NULL, "a query of AppSync"},
    {"sessionState", NULL, "a turn of Lex"},
    {"actionGroup", NULL, "a call by a Bedrock agent"},
};

/* Of a list, its first object. */
static const json_t *member_of(const json_t *object, const char *name, size_t len)
{
    char key[32];
    snprintf(key, sizeof key, "%.*s", (int)len, name);
    const json_t *value = json_object_get(object, key);
    return json_is_array(value) ? json_array_get(value, 0) : value;
}

const char *event_other_service(const json_t *root)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *name = others[i].member;
        size_t len = strcspn(name, "/");
        const json_t *object = name[len] ? member_of(root, name, len) : root;
        if (name[len])
            name += len + 1;
        if (others[i].value ? event_text_is(object, name, others[i].value)
                            : json_object_get(object, name) != NULL)
            return others[i].what;
    }
    return NULL;
}
