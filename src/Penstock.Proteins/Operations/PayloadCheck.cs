using Penstock.Engine.Enqueueing;

namespace Penstock.Proteins.Operations;

/// <summary>The checks on payload values that their types cannot say. All happen before an operation writes anything.</summary>
internal sealed class PayloadCheck(string operation)
{
    /// <returns>The text without blanks around it.</returns>
    public string Text(string name, string value, int charsMax = int.MaxValue) =>
        value.Trim() is not { Length: > 0 } text ? throw Wrong($"{name} is blank.")
        : text.Length > charsMax ? throw Wrong($"{name} has {text.Length} characters; it must have at most {charsMax}.")
        : text;

    public void AtLeast(string name, double? value, double min)
    {
        if (value is { } given && !(given >= min))
            throw Wrong($"{name} is {given}; it must be at least {min}.");
    }

    public void InRange(string name, double? value, double min, double max)
    {
        if (value is { } given && !(given >= min && given <= max))
            throw Wrong($"{name} is {given}; it must be from {min} to {max}.");
    }

    public InvalidPayloadException Wrong(string reason) => new(operation, reason);
}
