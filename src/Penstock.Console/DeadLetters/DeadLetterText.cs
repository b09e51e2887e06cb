using Penstock.Client.DeadLetters;

namespace Penstock.Console.DeadLetters;

/// <summary>Dead letters in words.</summary>
internal static class DeadLetterText
{
    public static string Status(DeadLetterView letter) => letter.Status switch
    {
        "in_review" => "in review",
        "redriven" => "sent again",
        "pending" when letter.Quarantined => "quarantined",
        string other => other,
    };

    public static string Action(DeadLetterActionView action) => action.Action switch
    {
        "reviewed" when action.Assignee is not null => $"took it into review for {action.Assignee}",
        "reviewed" when action.Urgency is not null => $"set its urgency to {action.Urgency}",
        "reviewed" => "noted",
        "edited" => "changed its payload",
        "archived" => "archived it",
        "reopened" => "reopened it",
        _ => "sent it again",
    };
}
