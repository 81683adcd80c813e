import Console

Routebook.main()
