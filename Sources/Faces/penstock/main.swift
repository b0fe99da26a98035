import Commands

PenstockEngine.main()
