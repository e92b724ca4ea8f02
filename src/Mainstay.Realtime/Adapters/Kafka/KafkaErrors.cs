using Confluent.Kafka;

namespace Mainstay.Realtime.Adapters.Kafka;

/// <summary>What an error of Kafka's client means for us.</summary>
internal static class KafkaErrors
{
    /// <summary>The brokers will never take this record; others are not concerned. All that is unclear is an outage instead: then the record is kept.</summary>
    public static bool ConcernsTheRecordOnly(ErrorCode code) => code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.InvalidRecord or ErrorCode.TopicException or ErrorCode.Local_InvalidArg;

    /// <summary>No retry of the client will mend it: a person must.</summary>
    public static bool EndsTheSession(Error error) => error.IsFatal || error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Fatal or ErrorCode.SaslAuthenticationFailed;

    /// <summary>A name that Kafka permits; of another the client would only say so at the end.</summary>
    public static bool IsTopicName(string topic) =>
        topic.Length is > 0 and <= 249 && topic is not ("." or "..") && topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
