namespace Penstock.Console.Hosting;

/// <summary>A form's field is missing or not of its kind; the message says which and what it takes.</summary>
internal sealed class InvalidFormException(string message) : Exception(message);
