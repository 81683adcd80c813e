import Console

openStandardStreams()
Routebook.main()
