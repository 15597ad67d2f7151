"""What a study hands to a view: tables, columns, charts. Raw values, and nothing that renders."""
